#!/usr/bin/env bash
# The REST samples of https://ai.google.dev/gemini-api/docs/image-understanding (2026-11), word for word but for
# $BASE_URL in place of https://generativelanguage.googleapis.com, the paths, and the jq at the end of each.
# Run by rest-samples.test.ts with BASE_URL, GEMINI_API_KEY, IMG_PATH, IMAGE1_PATH, IMAGE2_PATH and IMG_URL.
set -euo pipefail
cd "$(mktemp -d)"

inline() {
  if [[ "$(base64 --version 2>&1)" = *"FreeBSD"* ]]; then
    B64FLAGS="--input"
  else
    B64FLAGS="-w0"
  fi
  curl "$BASE_URL/v1beta/models/gemini-2.5-flash:generateContent" \
    -H "x-goog-api-key: $GEMINI_API_KEY" \
    -H 'Content-Type: application/json' \
    -X POST \
    -d '{
      "contents": [{
        "parts":[
            {
              "inline_data": {
                "mime_type":"image/jpeg",
                "data": "'"$(base64 $B64FLAGS $IMG_PATH)"'"
              }
            },
            {"text": "Caption this image."},
        ]
      }]
    }' 2> /dev/null > response.json
  jq -r ".candidates[].content.parts[].text" response.json
}

url() {
  MIME_TYPE=$(curl -sIL "$IMG_URL" | grep -i '^content-type:' | awk -F ': ' '{print $2}' | sed 's/\r$//' | head -n 1)
  if [[ -z "$MIME_TYPE" || ! "$MIME_TYPE" == image/* ]]; then
    MIME_TYPE="image/jpeg"
  fi
  IMAGE_B64=$(curl -sL "$IMG_URL" | base64 -w0)
  curl "$BASE_URL/v1beta/models/gemini-2.5-flash:generateContent" \
    -H "x-goog-api-key: $GEMINI_API_KEY" \
    -H 'Content-Type: application/json' \
    -X POST \
    -d '{
        "contents": [{
          "parts":[
              {
                "inline_data": {
                  "mime_type":"'"$MIME_TYPE"'",
                  "data": "'"$IMAGE_B64"'"
                }
              },
              {"text": "Caption this image."}
          ]
        }]
      }' 2> /dev/null > response.json
  jq -r ".candidates[].content.parts[].text" response.json
}

file() {
  IMAGE_PATH="$IMAGE1_PATH"
  MIME_TYPE=$(command file -b --mime-type "${IMAGE_PATH}")
  NUM_BYTES=$(wc -c < "${IMAGE_PATH}")
  DISPLAY_NAME=IMAGE

  tmp_header_file=upload-header.tmp

  # Initial resumable request defining metadata.
  # The upload url is in the response headers dump them to a file.
  curl "$BASE_URL/upload/v1beta/files" \
    -H "x-goog-api-key: $GEMINI_API_KEY" \
    -D upload-header.tmp \
    -H "X-Goog-Upload-Protocol: resumable" \
    -H "X-Goog-Upload-Command: start" \
    -H "X-Goog-Upload-Header-Content-Length: ${NUM_BYTES}" \
    -H "X-Goog-Upload-Header-Content-Type: ${MIME_TYPE}" \
    -H "Content-Type: application/json" \
    -d "{'file': {'display_name': '${DISPLAY_NAME}'}}" > /dev/null 2> /dev/null

  upload_url=$(grep -i "x-goog-upload-url: " "${tmp_header_file}" | cut -d" " -f2 | tr -d "\r")
  rm "${tmp_header_file}"

  # Upload the actual bytes.
  curl "${upload_url}" \
    -H "x-goog-api-key: $GEMINI_API_KEY" \
    -H "Content-Length: ${NUM_BYTES}" \
    -H "X-Goog-Upload-Offset: 0" \
    -H "X-Goog-Upload-Command: upload, finalize" \
    --data-binary "@${IMAGE_PATH}" 2> /dev/null > file_info.json

  file_uri=$(jq -r ".file.uri" file_info.json)

  # Now generate content using that file
  curl "$BASE_URL/v1beta/models/gemini-2.5-flash:generateContent" \
    -H "x-goog-api-key: $GEMINI_API_KEY" \
    -H 'Content-Type: application/json' \
    -X POST \
    -d '{
      "contents": [{
        "parts":[
          {"file_data":{"mime_type": "'"${MIME_TYPE}"'", "file_uri": "'"${file_uri}"'"}},
          {"text": "Caption this image."}]
        }]
      }' 2> /dev/null > response.json

  jq -r ".candidates[].content.parts[].text" response.json
}

several() {
  # Upload the first image
  MIME1_TYPE=$(command file -b --mime-type "${IMAGE1_PATH}")
  NUM1_BYTES=$(wc -c < "${IMAGE1_PATH}")
  DISPLAY_NAME1=IMAGE1

  tmp_header_file1=upload-header1.tmp

  curl "$BASE_URL/upload/v1beta/files" \
    -H "x-goog-api-key: $GEMINI_API_KEY" \
    -D upload-header1.tmp \
    -H "X-Goog-Upload-Protocol: resumable" \
    -H "X-Goog-Upload-Command: start" \
    -H "X-Goog-Upload-Header-Content-Length: ${NUM1_BYTES}" \
    -H "X-Goog-Upload-Header-Content-Type: ${MIME1_TYPE}" \
    -H "Content-Type: application/json" \
    -d "{'file': {'display_name': '${DISPLAY_NAME1}'}}" > /dev/null 2> /dev/null

  upload_url1=$(grep -i "x-goog-upload-url: " "${tmp_header_file1}" | cut -d" " -f2 | tr -d "\r")
  rm "${tmp_header_file1}"

  curl "${upload_url1}" \
    -H "Content-Length: ${NUM1_BYTES}" \
    -H "X-Goog-Upload-Offset: 0" \
    -H "X-Goog-Upload-Command: upload, finalize" \
    --data-binary "@${IMAGE1_PATH}" 2> /dev/null > file_info1.json

  file1_uri=$(jq ".file.uri" file_info1.json)

  # Prepare the second image (inline)
  MIME2_TYPE=$(command file -b --mime-type "${IMAGE2_PATH}")

  if [[ "$(base64 --version 2>&1)" = *"FreeBSD"* ]]; then
    B64FLAGS="--input"
  else
    B64FLAGS="-w0"
  fi
  IMAGE2_BASE64=$(base64 $B64FLAGS $IMAGE2_PATH)

  # Now generate content using both images
  curl "$BASE_URL/v1beta/models/gemini-2.5-flash:generateContent" \
    -H "x-goog-api-key: $GEMINI_API_KEY" \
    -H 'Content-Type: application/json' \
    -X POST \
    -d '{
      "contents": [{
        "parts":[
          {"text": "What is different between these two images?"},
          {"file_data":{"mime_type": "'"${MIME1_TYPE}"'", "file_uri": '$file1_uri'}},
          {
            "inline_data": {
              "mime_type":"'"${MIME2_TYPE}"'",
              "data": "'"$IMAGE2_BASE64"'"
            }
          }
        ]
      }]
    }' 2> /dev/null > response.json

  jq -r ".candidates[].content.parts[].text" response.json
}

"$1"
