// Sample. Not compiled in this repository: docs/mobile.md.
// Packages: FirebaseAuth, FirebaseFirestore and FirebaseStorage of firebase-ios-sdk 12.
import CryptoKit
import FirebaseAuth
import FirebaseFirestore
import FirebaseStorage
import Foundation

/// The settings of the functions that an app must know, with the defaults of Firesight.
struct FiresightSettings: Sendable {
    /// FUNCTIONS_REGION.
    var region = "us-central1"
    /// FIRESTORE_DATABASE and IMAGES_COLLECTION.
    var database = "(default)"
    var collection = "images"
    /// `kit-<instance>-` for a function kit.
    var prefix = ""
}

/// The document of a photo.
enum AnnotationDocument: Sendable {
    case annotation(Annotation)
    case deleted(Tombstone)
}

struct SignedOut: Error {}

/// Uploads a JPEG of at most 20 MB to the folder of the signed-in user, under a random name. For PNG, WebP or HEIC
/// pass the content type and the extension.
/// - Returns: the object name, for `watch` and for calls
func upload(_ photo: Data, contentType: String = "image/jpeg", fileExtension: String = "jpg") async throws -> String {
    guard let user = Auth.auth().currentUser else { throw SignedOut() }
    let path = "users/\(user.uid)/uploads/\(UUID().uuidString.lowercased()).\(fileExtension)"
    let metadata = StorageMetadata()
    metadata.contentType = contentType
    _ = try await Storage.storage().reference(withPath: path).putDataAsync(photo, metadata: metadata)
    return path
}

/// The id of a photo's document: base64url of SHA-256 of the bucket, a newline and the object name.
func imageId(bucket: String, path: String) -> String {
    Data(SHA256.hash(data: Data("\(bucket)\n\(path)".utf8)))
        .base64EncodedString()
        .replacingOccurrences(of: "+", with: "-")
        .replacingOccurrences(of: "/", with: "_")
        .replacingOccurrences(of: "=", with: "")
}

/// Watches the document of a photo; nil until it exists. Ends when the task that iterates it is cancelled.
func watch(
    path: String,
    settings: FiresightSettings = FiresightSettings()
) -> AsyncThrowingStream<AnnotationDocument?, Error> {
    let id = imageId(bucket: Storage.storage().reference().bucket, path: path)
    let document = Firestore.firestore(database: settings.database).collection(settings.collection).document(id)
    return AsyncThrowingStream { continuation in
        let listener = document.addSnapshotListener { snapshot, error in
            guard let snapshot else {
                continuation.finish(throwing: error)
                return
            }
            do {
                continuation.yield(try annotationDocument(of: snapshot))
            } catch {
                continuation.finish(throwing: error)
            }
        }
        continuation.onTermination = { _ in listener.remove() }
    }
}

private func annotationDocument(of snapshot: DocumentSnapshot) throws -> AnnotationDocument? {
    guard snapshot.exists else { return nil }
    if snapshot.get("status") as? String == "deleted" {
        return .deleted(try snapshot.data(as: Tombstone.self))
    }
    return .annotation(try snapshot.data(as: Annotation.self))
}

/// Uploads a photo and waits until the functions have finished. A `deferred` photo waits for another run.
func annotate(_ photo: Data, onChange: (Annotation) -> Void) async throws -> Annotation? {
    let path = try await upload(photo)
    for try await document in watch(path: path) {
        guard case .annotation(let annotation) = document else { continue }
        onChange(annotation)
        if annotation.status != "processing" { return annotation }
    }
    return nil
}

/// The URL of the overlay, a transparent PNG of the size of the upright photo.
func overlayUrl(of annotation: Annotation) async throws -> URL? {
    guard let overlay = annotation.overlay else { return nil }
    return try await Storage.storage().reference(withPath: overlay.path).downloadURL()
}
