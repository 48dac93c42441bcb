// Sample. Not compiled in this repository: docs/mobile.md.
// Package: cloud_functions 6.
import 'package:cloud_functions/cloud_functions.dart';

import 'models.dart';
import 'upload_and_watch.dart';

/// Asks a question about an upload. [onText] receives the pieces of the answer as they arrive.
Future<AnswerQuestionResult> ask(
  String question,
  String path, {
  required void Function(String) onText,
  List<Turn>? history,
  FiresightSettings settings = const FiresightSettings(),
}) async {
  final request = AnswerQuestionRequest(images: [ImageRef(path: path)], question: question, history: history);
  final responses = _answerQuestion(settings).stream<Map<Object?, Object?>, Map<Object?, Object?>>(request.toJson());
  await for (final response in responses) {
    switch (response) {
      case Chunk<Map<Object?, Object?>, Map<Object?, Object?>>(:final partialData):
        onText(AnswerQuestionChunk.fromJson(jsonFields(partialData)).text);
      case Result<Map<Object?, Object?>, Map<Object?, Object?>>(:final result):
        return AnswerQuestionResult.fromJson(jsonFields(result.data));
    }
  }
  throw StateError('The call ended without a result');
}

/// Asks without streaming. Other functions are called in the same way.
Future<AnswerQuestionResult> askOnce(
  String question,
  String path, {
  FiresightSettings settings = const FiresightSettings(),
}) async {
  final request = AnswerQuestionRequest(images: [ImageRef(path: path)], question: question);
  final response = await _answerQuestion(settings).call<Map<Object?, Object?>>(request.toJson());
  return AnswerQuestionResult.fromJson(jsonFields(response.data));
}

/// The timeout is slightly above that of the function.
HttpsCallable _answerQuestion(FiresightSettings settings) =>
    FirebaseFunctions.instanceFor(region: settings.region).httpsCallable(
      '${settings.prefix}answerQuestion',
      options: HttpsCallableOptions(timeout: const Duration(seconds: 130)),
    );

/// The details of a failed call: the stable code (docs/errors.md), and whether a retry may succeed.
ErrorDetails? errorDetailsOf(FirebaseFunctionsException error) {
  final Object? details = error.details;
  return details is Map<Object?, Object?> ? ErrorDetails.fromJson(jsonFields(details)) : null;
}
