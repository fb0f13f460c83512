// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.importer.dl4j;

import java.util.Map;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.activations.impl.ActivationCube;
import org.nd4j.linalg.activations.impl.ActivationELU;
import org.nd4j.linalg.activations.impl.ActivationGELU;
import org.nd4j.linalg.activations.impl.ActivationHardSigmoid;
import org.nd4j.linalg.activations.impl.ActivationHardTanH;
import org.nd4j.linalg.activations.impl.ActivationIdentity;
import org.nd4j.linalg.activations.impl.ActivationLReLU;
import org.nd4j.linalg.activations.impl.ActivationMish;
import org.nd4j.linalg.activations.impl.ActivationReLU;
import org.nd4j.linalg.activations.impl.ActivationReLU6;
import org.nd4j.linalg.activations.impl.ActivationRectifiedTanh;
import org.nd4j.linalg.activations.impl.ActivationSELU;
import org.nd4j.linalg.activations.impl.ActivationSigmoid;
import org.nd4j.linalg.activations.impl.ActivationSoftPlus;
import org.nd4j.linalg.activations.impl.ActivationSoftSign;
import org.nd4j.linalg.activations.impl.ActivationSoftmax;
import org.nd4j.linalg.activations.impl.ActivationSwish;
import org.nd4j.linalg.activations.impl.ActivationTanH;
import org.nd4j.linalg.activations.impl.ActivationThresholdedReLU;

/** Activation functions of layers, as ND4J defines them. */
final class ActivationFunctions {

    private ActivationFunctions() {}

    /** The function of an activation; a softmax is over the last axis of DL4J's array. */
    static Activation apply(VertexCall call, IActivation function, Activation x) {
        return function instanceof ActivationSoftmax
                ? softmax(call, x, -1)
                : x.with(elementwise(call, function, x.tensor()));
    }

    /** The same where a softmax is over features: output layers of images and sequences. */
    static Activation ofFeatures(VertexCall call, IActivation function, Activation x) {
        return function instanceof ActivationSoftmax
                ? x.with(call.operator("Softmax", Map.of("axis", 1L), x.tensor()))
                : apply(call, function, x);
    }

    private static Activation softmax(VertexCall call, Activation x, long axis) {
        Map<String, Object> attributes = Map.of("axis", call.axis(x, axis));
        return x.with(call.operator("Softmax", attributes, x.tensor()));
    }

    private static String elementwise(VertexCall call, IActivation function, String x) {
        if (function instanceof ActivationIdentity) {
            return x;
        } else if (function instanceof ActivationReLU relu) {
            return relu(call, relu, x);
        } else if (function instanceof ActivationSigmoid) {
            return call.operator("Sigmoid", x);
        } else if (function instanceof ActivationTanH) {
            return call.operator("Tanh", x);
        } else if (function instanceof ActivationSwish) {
            return call.operator("Mul", x, call.operator("Sigmoid", x));
        } else if (function instanceof ActivationLReLU leaky) {
            return call.operator("LeakyRelu", Map.of("alpha", leaky.getAlpha()), x);
        } else if (function instanceof ActivationELU elu) {
            return call.operator("Elu", Map.of("alpha", elu.getAlpha()), x);
        } else if (function instanceof ActivationSELU) {
            return call.operator("Selu", x);
        } else if (function instanceof ActivationGELU gelu) {
            return gelu(call, gelu, x);
        } else if (function instanceof ActivationMish) {
            return call.operator("Mish", x);
        } else if (function instanceof ActivationSoftPlus) {
            return call.operator("Softplus", x);
        }
        return rare(call, function, x);
    }

    private static String rare(VertexCall call, IActivation function, String x) {
        if (function instanceof ActivationSoftSign) {
            String one = call.operator("Add", call.operator("Abs", x), call.scalar(1));
            return call.operator("Div", x, one);
        } else if (function instanceof ActivationHardSigmoid) {
            return call.operator("HardSigmoid", Map.of("alpha", 0.2, "beta", 0.5), x);
        } else if (function instanceof ActivationHardTanH) {
            return call.operator("Clip", x, call.scalar(-1), call.scalar(1));
        } else if (function instanceof ActivationReLU6) {
            return call.operator("Clip", x, call.scalar(0), call.scalar(6));
        } else if (function instanceof ActivationRectifiedTanh) {
            return call.operator("Relu", call.operator("Tanh", x));
        } else if (function instanceof ActivationCube) {
            return call.operator("Mul", x, call.operator("Mul", x, x));
        } else if (function instanceof ActivationThresholdedReLU threshold) {
            String above = call.operator("Greater", x, call.scalar(threshold.getTheta()));
            return call.operator("Where", above, x, call.scalar(0));
        }
        throw call.refuse("activation " + function + " is not supported");
    }

    /** ND4J's plain GELU is x sigmoid(1.702 x), its precise one the form with a tanh. */
    private static String gelu(VertexCall call, ActivationGELU gelu, String x) {
        if (gelu.isPrecise()) {
            return call.operator("Gelu", Map.of("approximate", "tanh"), x);
        }
        String gate = call.operator("Sigmoid", call.operator("Mul", x, call.scalar(1.702)));
        return call.operator("Mul", x, gate);
    }

    private static String relu(VertexCall call, ActivationReLU relu, String x) {
        double threshold = relu.getThreshold() == null ? 0 : relu.getThreshold();
        double slope = relu.getNegativeSlope() == null ? 0 : relu.getNegativeSlope();
        if (threshold != 0) {
            throw call.refuse("activation " + relu + " with a threshold is not supported");
        }
        String result =
                slope == 0
                        ? call.operator("Relu", x)
                        : call.operator("LeakyRelu", Map.of("alpha", slope), x);
        return relu.getMax() == null || relu.getMax() == 0
                ? result
                : call.operator("Min", result, call.scalar(relu.getMax()));
    }
}
