// Sample. Not compiled in this repository: docs/mobile.md.
// Packages: firebase_auth 6, cloud_firestore 6, firebase_storage 13, crypto 3, uuid 4.
import 'dart:convert';
import 'dart:typed_data';

import 'package:cloud_firestore/cloud_firestore.dart';
import 'package:crypto/crypto.dart';
import 'package:firebase_auth/firebase_auth.dart';
import 'package:firebase_core/firebase_core.dart';
import 'package:firebase_storage/firebase_storage.dart';
import 'package:uuid/uuid.dart';

import 'models.dart';

/// The settings of the functions that an app must know, with the defaults of Firesight.
class FiresightSettings {
  const FiresightSettings({
    this.region = 'us-central1',
    this.database = '(default)',
    this.collection = 'images',
    this.prefix = '',
  });

  /// FUNCTIONS_REGION.
  final String region;

  /// FIRESTORE_DATABASE and IMAGES_COLLECTION.
  final String database;
  final String collection;

  /// `kit-<instance>-` for a function kit.
  final String prefix;
}

/// The document of a photo.
sealed class AnnotationDocument {}

class Annotated extends AnnotationDocument {
  Annotated(this.annotation);

  final Annotation annotation;
}

class Deleted extends AnnotationDocument {
  Deleted(this.tombstone);

  final Tombstone tombstone;
}

/// Uploads a JPEG of at most 20 MB to the folder of the signed-in user, under a random name. For PNG, WebP or HEIC pass
/// the content type and the extension. Returns the object name, for [watch] and for calls.
Future<String> upload(
  Uint8List photo, {
  String contentType = 'image/jpeg',
  String extension = 'jpg',
}) async {
  final user = FirebaseAuth.instance.currentUser;
  if (user == null) throw StateError('Sign in first');
  final path = 'users/${user.uid}/uploads/${const Uuid().v4()}.$extension';
  await FirebaseStorage.instance.ref(path).putData(photo, SettableMetadata(contentType: contentType));
  return path;
}

/// The id of a photo's document: base64url of SHA-256 of the bucket, a newline and the object name.
String imageIdOf(String bucket, String path) {
  final hash = sha256.convert(utf8.encode('$bucket\n$path'));
  return base64Url.encode(hash.bytes).replaceAll('=', '');
}

/// Watches the document of a photo; null until it exists.
Stream<AnnotationDocument?> watch(
  String path, {
  FiresightSettings settings = const FiresightSettings(),
}) {
  final id = imageIdOf(FirebaseStorage.instance.ref().bucket, path);
  final firestore = FirebaseFirestore.instanceFor(app: Firebase.app(), databaseId: settings.database);
  return firestore.collection(settings.collection).doc(id).snapshots().map((snapshot) {
    final data = snapshot.data();
    if (data == null) return null;
    final fields = jsonFields(data);
    return fields['status'] == 'deleted'
        ? Deleted(Tombstone.fromJson(fields))
        : Annotated(Annotation.fromJson(fields));
  });
}

/// Converts data of Firestore and of functions. Timestamps become ISO 8601 text.
Map<String, dynamic> jsonFields(Map<Object?, Object?> data) =>
    data.map((key, value) => MapEntry(key! as String, _jsonValue(value)));

dynamic _jsonValue(Object? value) {
  if (value is Timestamp) return value.toDate().toUtc().toIso8601String();
  if (value is Map<Object?, Object?>) return jsonFields(value);
  if (value is List<Object?>) return value.map(_jsonValue).toList();
  return value;
}

/// Uploads a photo and waits until the functions have finished. A `deferred` photo waits for another run.
Future<Annotation> annotate(Uint8List photo, void Function(Annotation) onChange) async {
  final path = await upload(photo);
  await for (final document in watch(path)) {
    if (document is! Annotated) continue;
    onChange(document.annotation);
    if (document.annotation.status != 'processing') return document.annotation;
  }
  throw StateError('The document is not watched any more');
}

/// The URL of the overlay, a transparent PNG of the size of the upright photo.
Future<String?> overlayUrl(Annotation annotation) async {
  final overlay = annotation.overlay;
  return overlay == null ? null : FirebaseStorage.instance.ref(overlay.path).getDownloadURL();
}
