import com.google.cloud.datastore.emulator.firestore.webchannel.jsonformatfork.JsonFormat;
import com.google.common.collect.ImmutableList;
import com.google.firebase.rules.lang.CompileResult;
import com.google.firebase.rules.lang.FirebaseRulesProtoCompiler;
import com.google.firebase.rules.lang.common.FirebaseRulesLangOptions;
import com.google.firebase.rules.runtime.common.EvaluationRestrictions;
import com.google.firebase.rules.runtime.evaluators.AuthRuleEvaluator.RuleContext;
import com.google.firebase.rules.runtime.impl.DefaultEvaluator;
import com.google.firebase.rules.runtime.v1.ExpressionPathSegmentValue;
import com.google.firebase.rules.runtime.v1.ExpressionPathValue;
import com.google.firebase.rules.runtime.v1.ExpressionValue;
import com.google.firebase.rules.runtime.v1.RulesetAst;
import com.google.firebase.rules.v1.File;
import com.google.firebase.rules.v1.Issue;
import com.google.firebase.rules.v1.Source;
import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.BufferedReader;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

/**
 * Evaluates the security rules of Cloud Storage for firebase-tools, if Google's program
 * (cloud-storage-rules-runtime) cannot be downloaded.
 *
 * <p>Uses Google's rules engine from the Cloud Firestore emulator, which Google's program contains
 * too. This class only implements the protocol of src/emulator/storage/rules/runtime.ts in
 * firebase-tools, with one JSON object per line on stdin and stdout:
 *
 * <pre>
 *   out {"id":-1, "status":"ok"}                       ready
 *   in  {"id":0, "action":"load_ruleset", "context":{"rulesetName", "source":{"files":[{"name", "content"}]}}}
 *   out {"id":0, "status":"ok", "errors":[], "warnings":[], "result":{"rulesVersion":2}}
 *   in  {"id":1, "action":"verify", "context":{"rulesetName", "service", "path", "method", "variables"}}
 *   out {"id":1, "status":"ok", "errors":[], "warnings":[], "result":{"permit":true}}
 * </pre>
 *
 * <p>firestore.get() and firestore.exists() are not supported in Storage rules: the evaluation of a
 * rule that calls them fails and denies the request, and firebase-tools logs the reason.
 */
public final class StorageRulesRuntime {
  private static final Gson GSON = new GsonBuilder().serializeNulls().create();

  /** The rulesets by the name that firebase-tools assigns. Loading a name again replaces its ruleset. */
  private final Map<String, RulesetAst> rulesets = new ConcurrentHashMap<>();

  public static void main(String[] args) throws Exception {
    PrintStream out = new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);
    System.setOut(System.err); // Output of libraries must not mix with the protocol.
    StorageRulesRuntime runtime = new StorageRulesRuntime();
    out.println(GSON.toJson(response(-1)));
    // Sequential, in the order of arrival: an evaluation takes about a millisecond.
    BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line; (line = in.readLine()) != null; ) {
      if (!line.isBlank()) out.println(GSON.toJson(runtime.answer(JsonParser.parseString(line).getAsJsonObject())));
    }
  }

  private JsonObject answer(JsonObject request) {
    int id = request.get("id").getAsInt();
    try {
      JsonObject context = request.getAsJsonObject("context");
      String action = request.get("action").getAsString();
      return switch (action) {
        case "load_ruleset" -> load(id, context);
        case "verify" -> verify(id, context);
        default -> throw new IllegalArgumentException("Unknown action " + action);
      };
    } catch (Exception e) {
      return denial(id, "errors", e);
    }
  }

  private JsonObject load(int id, JsonObject context) {
    Source.Builder source = Source.newBuilder();
    for (JsonElement element : context.getAsJsonObject("source").getAsJsonArray("files")) {
      JsonObject file = element.getAsJsonObject();
      source.addFiles(File.newBuilder()
          .setName(file.get("name").getAsString())
          .setContent(file.get("content").getAsString()));
    }
    CompileResult compiled = FirebaseRulesProtoCompiler.createStandalone(
            FirebaseRulesLangOptions.builder().allowTernaryOperator(true).build())
        .compile(source);
    JsonObject response = response(id);
    for (Issue issue : compiled.getIssues()) {
      String kind = issue.getSeverity() == Issue.Severity.ERROR ? "errors" : "warnings";
      response.getAsJsonArray(kind).add(GSON.toJson(describe(issue)));
    }
    if (!compiled.hasCompilationError()) {
      rulesets.put(context.get("rulesetName").getAsString(), compiled.getRulesetAst());
      response.getAsJsonObject("result").addProperty("rulesVersion", compiled.getRulesetAst().getVersionValue());
    }
    return response;
  }

  private JsonObject verify(int id, JsonObject context) throws Exception {
    RulesetAst ruleset = rulesets.get(context.get("rulesetName").getAsString());
    if (ruleset == null) throw new IllegalArgumentException("Unknown ruleset " + context.get("rulesetName"));
    RuleContext.Builder request = new RuleContext.Builder()
        .service(context.get("service").getAsString())
        .method(context.get("method").getAsString())
        .path(objectPath(context.get("path").getAsString()));
    for (Map.Entry<String, JsonElement> variable : context.getAsJsonObject("variables").entrySet()) {
      ExpressionValue.Builder value = ExpressionValue.newBuilder();
      JsonFormat.parser().merge(GSON.toJson(variable.getValue()), value);
      request.supplyVariable(variable.getKey(), value.build());
    }
    try {
      boolean permit = new DefaultEvaluator(ruleset, ImmutableList.of(), EvaluationRestrictions.builder().build())
          .evaluate(request.build())
          .get(15, TimeUnit.SECONDS)
          .permit();
      JsonObject response = response(id);
      response.getAsJsonObject("result").addProperty("permit", permit);
      return response;
    } catch (ExecutionException e) {
      return denial(id, "warnings", e.getCause()); // A failed evaluation denies the request.
    }
  }

  /** Converts "/b/bucket/o/name" to a path. RuleContext.path(String) would interpret a "%" as an escape. */
  private static ExpressionPathValue objectPath(String path) {
    ExpressionPathValue.Builder segments = ExpressionPathValue.newBuilder();
    for (String segment : path.split("/")) {
      if (!segment.isEmpty()) segments.addSegments(ExpressionPathSegmentValue.newBuilder().setSimple(segment));
    }
    return segments.build();
  }

  /** An issue in the format that firebase-tools parses: "Unexpected '}'." in storage.rules:1. */
  private static JsonObject describe(Issue issue) {
    JsonObject position = new JsonObject();
    position.addProperty("fileName_", issue.getSourcePosition().getFileName());
    position.addProperty("line_", issue.getSourcePosition().getLine());
    position.addProperty("column_", issue.getSourcePosition().getColumn());
    JsonObject description = new JsonObject();
    description.addProperty("description_", issue.getDescription());
    description.addProperty("severity_", issue.getSeverity().name());
    description.add("sourcePosition_", position);
    return description;
  }

  private static JsonObject response(int id) {
    JsonObject response = new JsonObject();
    response.addProperty("id", id);
    response.addProperty("status", "ok");
    response.add("errors", new JsonArray());
    response.add("warnings", new JsonArray());
    response.add("result", new JsonObject());
    return response;
  }

  private static JsonObject denial(int id, String kind, Throwable reason) {
    JsonObject response = response(id);
    response.getAsJsonArray(kind).add(String.valueOf(reason));
    response.getAsJsonObject("result").addProperty("permit", false);
    return response;
  }
}
