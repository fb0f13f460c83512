// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.policy;

import io.github.deepcache4j.forecast.Abscissa;
import io.github.deepcache4j.forecast.Fitted;
import io.github.deepcache4j.forecast.Forecast;
import io.github.deepcache4j.forecast.Newton;
import io.github.deepcache4j.forecast.Reuse;
import io.github.deepcache4j.forecast.Taylor;

import org.jspecify.annotations.Nullable;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads a policy's tag, such as {@code N5b2.newton2}: the placement, then the other parts. */
final class PolicyParser {

    static final String KNOWN =
            "placement: N5b2 (every 5th step full, branch 2), Q5c15p1.4b2 (quad-centre), P5p1.2b2"
                    + " (power), S0-7-15b2 (full steps), MF22F00 (step by step), full; then any of"
                    + " reuse, newton1 to newton3, taylor1 to taylor3, fit1 to fit6, snr, clamp8,"
                    + " affine, search, budget, dp, smooth0.18, change0.5, gate0.1, run4, warm3,"
                    + " uncond5, uncond5from10, recommended";

    /** Parts begin with letters, so the point of 0.18 is no end. */
    private static final Pattern BETWEEN_PARTS = Pattern.compile("\\.(?=[A-Za-z])");

    private static final Pattern PART = Pattern.compile("([A-Za-z]+)([0-9.]*)(?:from([0-9]+))?");

    private static final String NUMBER = "([0-9]+(?:\\.[0-9]+)?)";
    private static final Pattern UNIFORM = Pattern.compile("N([0-9]+)b([0-9]+)");
    private static final Pattern QUAD =
            Pattern.compile("Q([0-9]+)c([0-9]+)p" + NUMBER + "b([0-9]+)");
    private static final Pattern POWER = Pattern.compile("P([0-9]+)p" + NUMBER + "b([0-9]+)");
    private static final Pattern LISTED = Pattern.compile("S([0-9]+(?:-[0-9]+)*)b([0-9]+)");
    private static final Pattern MIXED = Pattern.compile("M((?:F|[0-9]|\\([0-9]+\\))+)");

    private final String tag;
    private final Map<String, String> parts = new HashMap<>();

    private PolicyParser(String tag) {
        this.tag = tag;
    }

    static Policy parse(String tag) {
        PolicyParser parser = new PolicyParser(tag.strip());
        try {
            return parser.policy();
        } catch (NumberFormatException e) {
            throw parser.notUnderstood("a number in it", e);
        }
    }

    private Policy policy() {
        List<String> words = Arrays.asList(BETWEEN_PARTS.split(tag));
        Placement placement = placement(words.get(0));
        words.subList(1, words.size()).forEach(this::remember);
        if (parts.containsKey("recommended")) {
            take("recommended");
            Policy recommended = Recommended.policy(placement);
            refuseRest();
            return recommended;
        }
        Forecast forecast = forecast();
        Method method = method();
        Policy policy =
                new Policy(
                        method == null ? placement : sought(placement, method),
                        forecast,
                        parts.containsKey("clamp") ? whole("clamp") : Policy.UNLIMITED,
                        take("affine") == null
                                ? Policy.Correction.NONE
                                : Policy.Correction.CHANNEL_AFFINE,
                        gate(),
                        guidance());
        refuseRest();
        return policy;
    }

    private Placement placement(String word) {
        if (word.equals("full")) {
            return new Placement.Uncached();
        }
        Matcher match = UNIFORM.matcher(word);
        if (match.matches()) {
            return new Placement.Uniform(whole(match, 1), whole(match, 2));
        }
        match = QUAD.matcher(word);
        if (match.matches()) {
            return new Placement.QuadCentre(
                    whole(match, 1),
                    whole(match, 2),
                    Double.parseDouble(match.group(3)),
                    whole(match, 4));
        }
        match = POWER.matcher(word);
        if (match.matches()) {
            return new Placement.Power(
                    whole(match, 1), Double.parseDouble(match.group(2)), whole(match, 3));
        }
        match = LISTED.matcher(word);
        if (match.matches()) {
            return new Placement.Listed(
                    Arrays.stream(match.group(1).split("-", -1)).map(Integer::valueOf).toList(),
                    whole(match, 2));
        }
        match = MIXED.matcher(word);
        if (match.matches()) {
            return new Placement.Mixed(
                    Pattern.compile("F|[0-9]|\\([0-9]+\\)")
                            .matcher(match.group(1))
                            .results()
                            .map(result -> result.group().replaceAll("[()]", ""))
                            .map(step -> step.equals("F") ? -1 : Integer.valueOf(step))
                            .toList());
        }
        throw notUnderstood("the placement '" + word + "'", null);
    }

    private void remember(String word) {
        Matcher match = PART.matcher(word);
        if (!match.matches()) {
            throw notUnderstood("'" + word + "'", null);
        }
        String value = match.group(2) + (match.group(3) == null ? "" : "from" + match.group(3));
        if (parts.put(match.group(1), value) != null) {
            throw notUnderstood("a second '" + match.group(1) + "'", null);
        }
    }

    private Forecast forecast() {
        Abscissa abscissa = take("snr") == null ? Abscissa.STEP : Abscissa.LOG_SNR;
        Forecast forecast = new Reuse();
        int given = 0;
        if (take("reuse") != null) {
            given++;
        }
        if (parts.containsKey("newton")) {
            forecast = new Newton(whole("newton"), abscissa);
            given++;
        }
        if (parts.containsKey("fit")) {
            forecast = Fitted.to(whole("fit"));
            given++;
        }
        if (parts.containsKey("taylor")) {
            forecast = new Taylor(whole("taylor"));
            given++;
        }
        if (given > 1) {
            throw notUnderstood("more than one forecast", null);
        }
        if (abscissa == Abscissa.LOG_SNR && !(forecast instanceof Newton)) {
            throw notUnderstood("'snr' without newton1 to newton3", null);
        }
        return forecast;
    }

    private @Nullable Method method() {
        Method method = null;
        int given = 0;
        if (take("search") != null) {
            method = new Method.Search();
            given++;
        }
        if (take("budget") != null) {
            method = new Method.Budget();
            given++;
        }
        if (take("dp") != null) {
            method = new Method.Programme();
            given++;
        }
        if (parts.containsKey("smooth")) {
            method = new Method.Smooth(number("smooth"));
            given++;
        }
        if (parts.containsKey("change")) {
            method = new Method.Change(number("change"));
            given++;
        }
        if (given > 1) {
            throw notUnderstood("more than one way to place the full steps", null);
        }
        return method;
    }

    private Placement sought(Placement placement, Method method) {
        if (placement instanceof Placement.Uniform uniform) {
            return new Placement.Sought(uniform.interval(), uniform.branch(), method);
        }
        throw notUnderstood(
                "'" + method.tag() + "' behind " + placement.tag() + " (it takes N5b2)", null);
    }

    private Gate gate() {
        if (!parts.containsKey("gate")) {
            return new Gate.None();
        }
        return new Gate.SkipChange(
                number("gate"),
                parts.containsKey("run") ? whole("run") : Policy.UNLIMITED,
                parts.containsKey("warm") ? whole("warm") : 1);
    }

    private GuidanceRule guidance() {
        String value = take("uncond");
        if (value == null) {
            return new GuidanceRule.Both();
        }
        int from = value.indexOf("from");
        return new GuidanceRule.Frozen(
                Integer.parseInt(from < 0 ? value : value.substring(0, from)),
                from < 0 ? 0 : Integer.parseInt(value.substring(from + 4)));
    }

    private @Nullable String take(String name) {
        return parts.remove(name);
    }

    private int whole(String name) {
        return Integer.parseInt(parts.remove(name));
    }

    private double number(String name) {
        return Double.parseDouble(parts.remove(name));
    }

    private static int whole(Matcher match, int group) {
        return Integer.parseInt(match.group(group));
    }

    private void refuseRest() {
        if (!parts.isEmpty()) {
            throw notUnderstood("'" + String.join("', '", parts.keySet()) + "'", null);
        }
    }

    private IllegalArgumentException notUnderstood(String what, @Nullable Throwable cause) {
        return new IllegalArgumentException(
                "policy '" + tag + "': " + what + " is not understood; known are " + KNOWN, cause);
    }
}
