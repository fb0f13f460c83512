// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.cli;

import io.github.deepcache4j.plan.CachePlan;
import io.github.deepcache4j.unet.UNet;
import io.github.deepcache4j.unet.UNetPorts.Port;
import java.util.stream.Collectors;

/**
 * A Java class that uses the files of {@code transform}: it compiles as it is, and its {@code main}
 * runs one full and one cached step on zeros.
 */
final class JavaSnippet {

    private JavaSnippet() {}

    /** For {@code full.fb} and {@code cached.fb}. */
    static String split(UNet unet, CachePlan plan) {
        return """
                import io.github.deepcache4j.rewrite.CacheSplit;
                import java.util.*;
                import org.nd4j.linalg.api.buffer.DataType;
                import org.nd4j.linalg.api.ndarray.INDArray;
                import org.nd4j.linalg.factory.Nd4j;

                public class UseDeepCache {
                    public static void main(String[] args) {
                        CacheSplit split = CacheSplit.load(java.nio.file.Path.of(args[0])); // this folder
                        Map<String, INDArray> in = new HashMap<>(Map.ofEntries(%s));
                        Map<String, INDArray> full = split.full().output(in, %s, %s); // every N steps
                        in.put(%s, full.get(%s)); // and in the steps between, with a new sample and timestep:
                        in.keySet().retainAll(split.cached().inputs());
                        INDArray cached = split.cached().output(in, %s).get(%s);
                        System.out.println(full.get(%s).distance2(cached));
                    }
                }
                """
                .formatted(
                        inputs(unet),
                        literal(plan.output()),
                        literal(plan.boundary()),
                        literal(plan.boundary()),
                        literal(plan.boundary()),
                        literal(plan.output()),
                        literal(plan.output()),
                        literal(plan.output()));
    }

    /** For {@code gated.fb}. */
    static String gated(UNet unet, CachePlan plan) {
        return """
                import io.github.deepcache4j.rewrite.*;
                import java.util.*;
                import org.nd4j.autodiff.samediff.SameDiff;
                import org.nd4j.linalg.api.buffer.DataType;
                import org.nd4j.linalg.api.ndarray.INDArray;
                import org.nd4j.linalg.factory.Nd4j;

                public class UseDeepCache {
                    public static void main(String[] args) {
                        SameDiff sd = SameDiff.load(new java.io.File(args[0], "gated.fb"), false);
                        sd.setListeners(new DeepCacheListener(step -> step %% 5 == 0)); // interval 5
                        Map<String, INDArray> in = new HashMap<>(Map.ofEntries(%s));
                        INDArray full = sd.output(in, %s).get(%s).dup();
                        INDArray cached = sd.output(in, %s).get(%s); // the second call is cached
                        System.out.println(full.distance2(cached));
                    }
                }
                """
                .formatted(
                        inputs(unet),
                        literal(plan.output()),
                        literal(plan.output()),
                        literal(plan.output()),
                        literal(plan.output()));
    }

    private static String inputs(UNet unet) {
        return unet.ports().inputs().stream()
                .map(JavaSnippet::input)
                .collect(Collectors.joining(", "));
    }

    private static String input(Port port) {
        return "Map.entry("
                + literal(port.name())
                + ", Nd4j.zeros(DataType."
                + port.type()
                + sizes(port)
                + "))";
    }

    private static String sizes(Port port) {
        return port.shape().sizes().stream().map(size -> ", " + size).collect(Collectors.joining());
    }

    private static String literal(String text) {
        return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }
}
