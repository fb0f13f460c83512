// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.engine;

import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.stream.Collectors;

/** The engines on the class path, found as services. */
public final class Engines {

    /** Name of the choice that takes the fastest engine that runs here. */
    public static final String AUTO = "auto";

    /** Fastest first. */
    private static final List<String> PREFERENCE = List.of("onednn", "nd4j", "samediff");

    private Engines() {}

    /** All of them, the fastest first, whether they can run here or not. */
    public static List<Engine> all() {
        return ServiceLoader.load(Engine.class, Engine.class.getClassLoader()).stream()
                .map(ServiceLoader.Provider::get)
                .sorted(java.util.Comparator.comparing(engine -> rank(engine.name())))
                .toList();
    }

    private static int rank(String name) {
        int rank = PREFERENCE.indexOf(name);
        return rank < 0 ? PREFERENCE.size() : rank;
    }

    /**
     * The same engine in verify mode: every graph that it compiles, whole or in stages, runs once
     * on random inputs beside the reference engine, and is refused if the results differ.
     *
     * @param tolerance largest error, as a share of the reference's maximum; 1e-4 suits f32, 5e-2
     *     bf16
     */
    public static Engine verifying(Engine engine, double tolerance) {
        return new VerifyingEngine(engine, named("samediff", Precision.F32), tolerance);
    }

    /** The fastest engine that runs here in F32, as {@link #named} has it for {@link #AUTO}. */
    public static Engine fastest() {
        return named(AUTO, Precision.F32);
    }

    /**
     * The engine of that name, or with {@link #AUTO} the fastest that can run here.
     *
     * @throws IllegalArgumentException if there is none, or it cannot run here; says why and what
     *     to do
     */
    public static Engine named(String name, Precision precision) {
        List<Engine> all = all();
        if (name.equals(AUTO)) {
            return all.stream()
                    .filter(engine -> engine.unavailable(precision).isEmpty())
                    .findFirst()
                    .orElseThrow(
                            () ->
                                    new IllegalArgumentException(
                                            "no engine runs in "
                                                    + precision
                                                    + " here: "
                                                    + all.stream()
                                                            .map(e -> e.unavailable(precision))
                                                            .flatMap(Optional::stream)
                                                            .collect(Collectors.joining("; "))));
        }
        Engine found =
                all.stream()
                        .filter(engine -> engine.name().equals(name))
                        .findFirst()
                        .orElseThrow(
                                () ->
                                        new IllegalArgumentException(
                                                "there is no engine "
                                                        + name
                                                        + "; there are auto, "
                                                        + all.stream()
                                                                .map(Engine::name)
                                                                .collect(
                                                                        Collectors.joining(", "))));
        found.requireAvailable(precision);
        return found;
    }
}
