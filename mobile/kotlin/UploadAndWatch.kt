// Sample. Not compiled in this repository: docs/mobile.md.
// Packages: firebase-auth, firebase-firestore and firebase-storage (Firebase BoM 34), kotlinx-serialization-json,
// kotlinx-coroutines-play-services.
package dev.firesight

import com.google.firebase.Firebase
import com.google.firebase.Timestamp
import com.google.firebase.app
import com.google.firebase.auth.auth
import com.google.firebase.firestore.DocumentSnapshot
import com.google.firebase.firestore.FirebaseFirestore
import com.google.firebase.storage.storage
import com.google.firebase.storage.storageMetadata
import java.security.MessageDigest
import java.time.Instant
import java.util.Base64
import java.util.UUID
import kotlinx.coroutines.channels.awaitClose
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.callbackFlow
import kotlinx.coroutines.flow.filterIsInstance
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.flow.onEach
import kotlinx.coroutines.tasks.await
import kotlinx.serialization.json.Json
import kotlinx.serialization.json.JsonArray
import kotlinx.serialization.json.JsonElement
import kotlinx.serialization.json.JsonNull
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.JsonPrimitive
import kotlinx.serialization.json.decodeFromJsonElement

/** The settings of the functions that an app must know, with the defaults of Firesight. */
data class FiresightSettings(
    /** FUNCTIONS_REGION. */
    val region: String = "us-central1",
    /** FIRESTORE_DATABASE and IMAGES_COLLECTION. */
    val database: String = "(default)",
    val collection: String = "images",
    /** `kit-<instance>-` for a function kit. */
    val prefix: String = "",
)

/** The document of a photo. */
sealed interface AnnotationDocument {
    data class Annotated(val annotation: Annotation) : AnnotationDocument
    data class Deleted(val tombstone: Tombstone) : AnnotationDocument
}

/** Later versions of the functions may add fields. */
internal val json = Json { ignoreUnknownKeys = true }

/**
 * Uploads a JPEG of at most 20 MB to the folder of the signed-in user, under a random name. For PNG, WebP or HEIC pass
 * the content type and the extension.
 * @return the object name, for [watch] and for calls
 */
suspend fun upload(photo: ByteArray, contentType: String = "image/jpeg", extension: String = "jpg"): String {
    val user = checkNotNull(Firebase.auth.currentUser) { "Sign in first" }
    val path = "users/${user.uid}/uploads/${UUID.randomUUID()}.$extension"
    val metadata = storageMetadata { this.contentType = contentType }
    Firebase.storage.getReference(path).putBytes(photo, metadata).await()
    return path
}

/** The id of a photo's document: base64url of SHA-256 of the bucket, a newline and the object name. */
fun imageIdOf(bucket: String, path: String): String {
    val hash = MessageDigest.getInstance("SHA-256").digest("$bucket\n$path".toByteArray())
    return Base64.getUrlEncoder().withoutPadding().encodeToString(hash)
}

/** Watches the document of a photo; null until it exists. */
fun watch(path: String, settings: FiresightSettings = FiresightSettings()): Flow<AnnotationDocument?> = callbackFlow {
    val id = imageIdOf(Firebase.storage.reference.bucket, path)
    val firestore = FirebaseFirestore.getInstance(Firebase.app, settings.database)
    val listener = firestore.collection(settings.collection).document(id).addSnapshotListener { snapshot, error ->
        if (snapshot == null) {
            close(error)
            return@addSnapshotListener
        }
        try {
            trySend(snapshot.toAnnotationDocument())
        } catch (failure: IllegalArgumentException) {
            close(failure)
        }
    }
    awaitClose { listener.remove() }
}

private fun DocumentSnapshot.toAnnotationDocument(): AnnotationDocument? {
    val fields = data?.toJson() ?: return null
    return if (getString("status") == "deleted") {
        AnnotationDocument.Deleted(json.decodeFromJsonElement<Tombstone>(fields))
    } else {
        AnnotationDocument.Annotated(json.decodeFromJsonElement<Annotation>(fields))
    }
}

/** Converts data of Firestore and of functions. Timestamps become ISO 8601 text. */
internal fun Any?.toJson(): JsonElement = when (this) {
    null -> JsonNull
    is Timestamp -> JsonPrimitive(Instant.ofEpochSecond(seconds, nanoseconds.toLong()).toString())
    is Map<*, *> -> JsonObject(entries.associate { (key, value) -> key.toString() to value.toJson() })
    is List<*> -> JsonArray(map { it.toJson() })
    is Boolean -> JsonPrimitive(this)
    is Number -> JsonPrimitive(this)
    else -> JsonPrimitive(toString())
}

/** Uploads a photo and waits until the functions have finished. A `deferred` photo waits for another run. */
suspend fun annotate(photo: ByteArray, onChange: (Annotation) -> Unit): Annotation =
    watch(upload(photo))
        .filterIsInstance<AnnotationDocument.Annotated>()
        .onEach { onChange(it.annotation) }
        .first { it.annotation.status != "processing" }
        .annotation

/** The URL of the overlay, a transparent PNG of the size of the upright photo. */
suspend fun overlayUrl(annotation: Annotation): String? =
    annotation.overlay?.let { Firebase.storage.getReference(it.path).downloadUrl.await().toString() }
