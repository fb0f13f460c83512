// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.calibration;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.deepcache4j.forecast.CorrectionTable;
import io.github.deepcache4j.forecast.Fitted;
import io.github.deepcache4j.forecast.Reuse;
import io.github.deepcache4j.policy.Placement;
import io.github.deepcache4j.policy.Policy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A fitted policy as one JSON file for people to read: the tag, what it was fitted to, and the
 * tables of weights and corrections if there are any (docs/policies.md).
 *
 * @param fitted what a session follows
 * @param facts what it was fitted to
 * @param images what it was calibrated on, such as seed and count, for the record
 */
public record PolicyFile(FittedPolicy fitted, RunFacts facts, Map<String, Object> images) {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String FORMAT = "deepcache-policy";
    private static final int VERSION = 1;

    public PolicyFile {
        images = Collections.unmodifiableMap(new LinkedHashMap<>(images));
    }

    /** The contents of the file. */
    public String text() {
        ObjectNode root = JSON.createObjectNode();
        root.put("format", FORMAT).put("version", VERSION);
        root.put("policy", fitted.policy().tag()).put("asked", fitted.asked());
        root.putObject("model").put("sha256", facts.modelSha256());
        root.putObject("run")
                .put("sampler", facts.sampler())
                .put("steps", facts.steps())
                .put("calls", facts.calls())
                .put("guidance", facts.guidance())
                .put("stochastic", facts.stochastic());
        ObjectNode calibration = root.putObject("calibration");
        images.forEach((name, value) -> calibration.set(name, JSON.valueToTree(value)));
        calibration
                .put("meanSquare", fitted.meanSquare())
                .put("plainMeanSquare", fitted.plainMeanSquare());
        if (fitted.policy().forecast() instanceof Fitted weights) {
            ObjectNode table = root.putObject("weights");
            weights.steps().forEach((step, row) -> row.forEach(table.withArray("" + step)::add));
        }
        fitted.corrections().ifPresent(table -> corrections(root.putObject("corrections"), table));
        try {
            return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(root) + "\n";
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a policy that JSON cannot hold", e);
        }
    }

    private static void corrections(ObjectNode node, CorrectionTable table) {
        node.put("channelAxis", table.axis());
        ObjectNode steps = node.putObject("steps");
        table.steps()
                .forEach(
                        (step, line) -> {
                            ObjectNode row = steps.putObject("" + step);
                            ArrayNode scale = row.putArray("scale");
                            for (float value : line.scale()) {
                                scale.add(value);
                            }
                            ArrayNode shift = row.putArray("shift");
                            for (float value : line.shift()) {
                                shift.add(value);
                            }
                        });
    }

    /**
     * Reads what {@link #text} wrote.
     *
     * @throws IllegalArgumentException if the file is no policy, or of another version; says what
     *     is wrong
     */
    public static PolicyFile read(Path file) throws IOException {
        try {
            return of(JSON.readTree(Files.readString(file)));
        } catch (JsonProcessingException | IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    file
                            + " is no policy that this version reads: "
                            + (e instanceof JsonProcessingException json
                                    ? json.getOriginalMessage()
                                    : e.getMessage()),
                    e);
        }
    }

    private static PolicyFile of(JsonNode root) {
        if (!root.path("format").asText().equals(FORMAT)) {
            throw new IllegalArgumentException(
                    "'format' is not '" + FORMAT + "'; `deepcache calibrate` writes such files");
        }
        if (root.path("version").asInt() != VERSION) {
            throw new IllegalArgumentException(
                    "version " + root.path("version").asText() + ", not " + VERSION);
        }
        List<String> missing =
                List.of(
                                "/policy",
                                "/model/sha256",
                                "/run/sampler",
                                "/run/steps",
                                "/run/calls",
                                "/run/guidance")
                        .stream()
                        .filter(path -> root.at(path).isMissingNode())
                        .toList();
        if (!missing.isEmpty()) {
            throw new IllegalArgumentException("it lacks " + String.join(", ", missing));
        }
        Policy policy = Policy.parse(root.get("policy").asText());
        if (policy.forecast() instanceof Fitted fitted) {
            policy = policy.with(new Fitted(fitted.most(), weights(root.path("weights"))));
        }
        JsonNode run = root.get("run");
        return new PolicyFile(
                new FittedPolicy(
                        policy,
                        root.path("asked").asText(policy.tag()),
                        table(root.path("corrections")),
                        root.at("/calibration/meanSquare").asDouble(Double.NaN),
                        root.at("/calibration/plainMeanSquare").asDouble(Double.NaN)),
                new RunFacts(
                        root.at("/model/sha256").asText(),
                        run.get("sampler").asText(),
                        run.get("steps").asInt(),
                        run.get("calls").asInt(),
                        run.get("guidance").asDouble(),
                        run.path("stochastic").asBoolean()),
                images(root.path("calibration")));
    }

    private static Map<String, Object> images(JsonNode calibration) {
        Map<String, Object> images = new LinkedHashMap<>();
        for (Iterator<String> names = calibration.fieldNames(); names.hasNext(); ) {
            String name = names.next();
            if (!name.endsWith("eanSquare")) {
                images.put(name, JSON.convertValue(calibration.get(name), Object.class));
            }
        }
        return images;
    }

    private static Map<Integer, List<Double>> weights(JsonNode node) {
        Map<Integer, List<Double>> steps = new TreeMap<>();
        for (Iterator<String> names = node.fieldNames(); names.hasNext(); ) {
            String name = names.next();
            List<Double> row = new ArrayList<>();
            node.get(name).forEach(value -> row.add(value.asDouble()));
            steps.put(Integer.valueOf(name), row);
        }
        return steps;
    }

    private static Optional<CorrectionTable> table(JsonNode node) {
        if (node.isMissingNode()) {
            return Optional.empty();
        }
        Map<Integer, CorrectionTable.Line> steps = new TreeMap<>();
        JsonNode rows = node.path("steps");
        for (Iterator<String> names = rows.fieldNames(); names.hasNext(); ) {
            String name = names.next();
            steps.put(
                    Integer.valueOf(name),
                    new CorrectionTable.Line(
                            floats(rows.get(name).path("scale")),
                            floats(rows.get(name).path("shift"))));
        }
        return Optional.of(new CorrectionTable(node.path("channelAxis").asInt(), steps));
    }

    private static float[] floats(JsonNode array) {
        float[] values = new float[array.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) array.get(i).asDouble();
        }
        return values;
    }

    /**
     * The policy for a run.
     *
     * @param stretch whether its full steps may be spread over another number of calls
     * @throws IllegalArgumentException with the reasons, if it is not for such a run
     */
    public FittedPolicy forRun(RunFacts use, boolean stretch) {
        List<String> reasons = new ArrayList<>(facts.refusals(use, stretch));
        boolean stretched = stretch && facts.calls() != use.calls();
        if (stretched && !Stretch.isPossible(fitted)) {
            reasons.add(
                    "Its tables of weights or corrections are made for each step and cannot be"
                            + " stretched; calibrate for "
                            + use.steps()
                            + " steps.");
        }
        if (!reasons.isEmpty()) {
            throw new IllegalArgumentException(
                    "the policy "
                            + fitted.policy().tag()
                            + " is refused. "
                            + String.join(" ", reasons));
        }
        if (facts.isUpsetBy(use) && !(fitted.policy().forecast() instanceof Reuse)) {
            return plain();
        }
        return stretched ? Stretch.of(fitted, facts.calls(), use.calls()) : fitted;
    }

    /** Plain DeepCache of the same cost: what was asked for, without all that was found. */
    private FittedPolicy plain() {
        Placement placement = Policy.parse(fitted.asked()).placement();
        if (placement instanceof Placement.Sought sought) {
            placement = new Placement.Uniform(sought.interval(), sought.branch());
        }
        Policy plain = Policy.of(placement, new Reuse()).with(fitted.policy().guidance());
        return new FittedPolicy(plain, fitted.asked(), Optional.empty(), Double.NaN, Double.NaN);
    }
}
