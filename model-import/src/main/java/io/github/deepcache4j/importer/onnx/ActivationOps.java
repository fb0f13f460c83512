// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.importer.onnx;

import io.github.deepcache4j.graph.Composites;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.nd4j.autodiff.samediff.SDVariable;

/**
 * Elementwise non-linearities. Those with a branch are selections, not sums of clipped halves, so
 * that infinities and NaN come through as they do in ONNX Runtime.
 */
final class ActivationOps {

    private ActivationOps() {}

    static Map<String, OnnxOp> all() {
        return Map.ofEntries(
                Map.entry("Sigmoid", floating(e -> e.sameDiff().nn().sigmoid(e.in(0)))),
                Map.entry("Tanh", floating(e -> e.sameDiff().nn().tanh(e.in(0)))),
                Map.entry("Relu", e -> List.of(e.sameDiff().nn().relu(e.in(0), 0))),
                Map.entry("Gelu", floating(ActivationOps::gelu)),
                Map.entry("Swish", floating(ActivationOps::swish)),
                Map.entry(
                        "LeakyRelu",
                        floating(e -> belowZero(e, x -> x.mul(e.real("alpha", 0.01f))))),
                Map.entry("PRelu", floating(e -> belowZero(e, x -> x.mul(e.in(1))))),
                Map.entry(
                        "Elu",
                        floating(e -> belowZero(e, x -> exponential(x, e.real("alpha", 1), 1)))),
                Map.entry("Celu", floating(ActivationOps::celu)),
                Map.entry("Selu", floating(ActivationOps::selu)),
                Map.entry("ThresholdedRelu", floating(ActivationOps::thresholdedRelu)),
                Map.entry("HardSigmoid", floating(ActivationOps::hardSigmoid)),
                Map.entry("HardSwish", floating(e -> e.in(0).mul(ramp(e, 1 / 6.0, 0.5)))),
                Map.entry("Softplus", floating(e -> softplus(e, e.in(0)))),
                Map.entry("Softsign", floating(e -> e.in(0).div(absolute(e.in(0)).add(1)))),
                Map.entry(
                        "Mish",
                        floating(e -> e.in(0).mul(e.sameDiff().nn().tanh(softplus(e, e.in(0)))))),
                Map.entry(Patterns.SILU, e -> List.of(Composites.silu(e.in(0)))));
    }

    private static OnnxOp floating(Function<Emission, SDVariable> op) {
        return e -> {
            e.requireFloating(0);
            return List.of(op.apply(e));
        };
    }

    /** A function of the negative numbers; others stay as they are. */
    private static SDVariable belowZero(Emission e, Function<SDVariable, SDVariable> function) {
        SDVariable x = e.in(0);
        SDVariable negative = x.lt(e.scalar(e.type(0), 0));
        return Broadcasting.select(e, negative, function.apply(x), x);
    }

    /** scale (exp(x / width) - 1). */
    private static SDVariable exponential(SDVariable x, double scale, double width) {
        SDVariable narrow = width == 1 ? x : x.div(width);
        SDVariable power = x.getSameDiff().math().exp(narrow).sub(1);
        return scale == 1 ? power : power.mul(scale);
    }

    private static SDVariable celu(Emission e) {
        double alpha = e.real("alpha", 1);
        return belowZero(e, x -> exponential(x, alpha, alpha));
    }

    /** Defaults as in Klambauer et al. 2017. */
    private static SDVariable selu(Emission e) {
        double alpha = e.real("alpha", 1.67326319217681884765625f);
        double gamma = e.real("gamma", 1.05070102214813232421875f);
        return belowZero(e, x -> exponential(x, alpha, 1)).mul(gamma);
    }

    private static SDVariable thresholdedRelu(Emission e) {
        SDVariable alpha = e.scalar(e.type(0), e.real("alpha", 1));
        return Broadcasting.select(e, e.in(0).lte(alpha), e.scalar(e.type(0), 0), e.in(0));
    }

    private static SDVariable hardSigmoid(Emission e) {
        return ramp(e, e.real("alpha", 0.2f), e.real("beta", 0.5));
    }

    /** slope x + offset between 0 and 1. */
    private static SDVariable ramp(Emission e, double slope, double offset) {
        return e.sameDiff().math().clipByValue(e.in(0).mul(slope).add(offset), 0, 1);
    }

    /** max(x, 0) + log(1 + exp(-|x|)); ND4J's own overflows from 89 on. */
    private static SDVariable softplus(Emission e, SDVariable x) {
        SDVariable tail = e.sameDiff().math().exp(absolute(x).neg());
        return e.sameDiff().nn().relu(x, 0).add(logOfOneMore(e, tail));
    }

    /**
     * log(1 + u) to the last digits also where u is small (Kahan: HP-15C Advanced Functions
     * Handbook, 1982); ND4J's {@code log1p} just adds and takes the logarithm.
     */
    private static SDVariable logOfOneMore(Emission e, SDVariable u) {
        SDVariable one = e.scalar(e.type(0), 1);
        SDVariable sum = u.add(one);
        SDVariable tiny = sum.eq(one);
        // the divisor is 0 only where the quotient is not chosen
        SDVariable corrected = e.sameDiff().math().log(sum).mul(u).div(sum.sub(one));
        return Broadcasting.select(e, tiny, u, corrected);
    }

    private static SDVariable absolute(SDVariable x) {
        return x.getSameDiff().math().abs(x);
    }

    private static SDVariable swish(Emission e) {
        double alpha = e.real("alpha", 1);
        return alpha == 1
                ? Composites.silu(e.in(0))
                : e.in(0).mul(e.sameDiff().nn().sigmoid(e.in(0).mul(alpha)));
    }

    private static SDVariable gelu(Emission e) {
        return switch (e.text("approximate", "none")) {
            case "none" -> Composites.gelu(e.in(0));
            case "tanh" -> tanhGelu(e, e.in(0));
            default ->
                    throw e.refuse(
                            "attribute approximate="
                                    + e.text("approximate", "")
                                    + " is not supported");
        };
    }

    /** x (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3))) / 2 (Hendrycks and Gimpel 2016). */
    static SDVariable tanhGelu(Emission e, SDVariable x) {
        SDVariable cubic = x.mul(x).mul(x).mul(0.044715).add(x);
        SDVariable gate = e.sameDiff().nn().tanh(cubic.mul(Math.sqrt(2 / Math.PI))).add(1);
        return x.mul(gate).mul(0.5);
    }
}
