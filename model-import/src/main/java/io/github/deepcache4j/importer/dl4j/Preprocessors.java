// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.importer.dl4j;

import java.util.Map;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.InputPreProcessor;
import org.deeplearning4j.nn.conf.RNNFormat;
import org.deeplearning4j.nn.conf.preprocessor.CnnToFeedForwardPreProcessor;
import org.deeplearning4j.nn.conf.preprocessor.ComposableInputPreProcessor;
import org.deeplearning4j.nn.conf.preprocessor.FeedForwardToCnnPreProcessor;
import org.deeplearning4j.nn.conf.preprocessor.FeedForwardToRnnPreProcessor;
import org.deeplearning4j.nn.conf.preprocessor.RnnToFeedForwardPreProcessor;
import org.deeplearning4j.preprocessors.PermutePreprocessor;
import org.deeplearning4j.preprocessors.ReshapePreprocessor;

/** Changes of form between layers; each works on DL4J's array, whatever the graph's layout is. */
final class Preprocessors {

    /** In deeplearning4j-modelimport, which need not be there. */
    private static final String TENSORFLOW_FLATTEN = "TensorFlowCnnToFeedForwardPreProcessor";

    private Preprocessors() {}

    static Activation lower(VertexCall call, InputPreProcessor preprocessor) {
        if (preprocessor instanceof ComposableInputPreProcessor several) {
            VertexCall next = call;
            for (InputPreProcessor one : several.getInputPreProcessors()) {
                next = next.on(lower(next, one));
            }
            return next.input();
        } else if (preprocessor.getClass().getSimpleName().equals(TENSORFLOW_FLATTEN)) {
            return flattenedRowByRow(call);
        } else if (preprocessor.getClass() == CnnToFeedForwardPreProcessor.class) {
            return flattened(call);
        } else if (preprocessor instanceof FeedForwardToCnnPreProcessor images) {
            return images(call, images);
        } else if (preprocessor instanceof RnnToFeedForwardPreProcessor sequence) {
            return features(call, sequence);
        } else if (preprocessor instanceof FeedForwardToRnnPreProcessor sequence) {
            return sequence(call, sequence);
        } else if (preprocessor instanceof ReshapePreprocessor reshape) {
            return reshaped(call, reshape);
        } else if (preprocessor instanceof PermutePreprocessor permute) {
            return permuted(call, permute);
        }
        throw call.refuse(
                "preprocessors of class "
                        + preprocessor.getClass().getName()
                        + " are not supported");
    }

    private static Activation flattened(VertexCall call) {
        Activation x = call.input();
        return x.rank() == 2 ? x : new Activation(call.reshape(call.asDl4j(x), 0, -1), 2, false);
    }

    /** As Keras does on top of TensorFlow: channels change fastest. */
    private static Activation flattenedRowByRow(VertexCall call) {
        Activation x = call.input();
        if (x.rank() == 2) {
            return x;
        }
        String rows = call.transpose(call.input(4).tensor(), VertexCall.list(0, 2, 3, 1));
        return new Activation(call.reshape(rows, 0, -1), 2, false);
    }

    private static Activation images(VertexCall call, FeedForwardToCnnPreProcessor images) {
        Activation x = call.input();
        if (x.rank() == 4) {
            return x;
        }
        String result =
                call.reshape(
                        call.input(2).tensor(),
                        0,
                        images.getNumChannels(),
                        images.getInputHeight(),
                        images.getInputWidth());
        return new Activation(result, 4, false);
    }

    /** Every place of every sequence is an example: first those at time 0. */
    private static Activation features(VertexCall call, RnnToFeedForwardPreProcessor sequence) {
        Activation x = call.input(3);
        call.requireFormat(x, sequence.getRnnDataFormat() == RNNFormat.NWC);
        String places = call.transpose(x.tensor(), VertexCall.list(2, 0, 1));
        String size = call.operator("Shape", Map.of("start", 2L), places);
        String sizes = call.operator("Concat", Map.of("axis", 0L), call.longs(-1), size);
        return new Activation(call.operator("Reshape", places, sizes), 2, false);
    }

    private static Activation sequence(VertexCall call, FeedForwardToRnnPreProcessor sequence) {
        Activation x = call.input(2);
        String size = call.operator("Shape", Map.of("start", 1L), x.tensor());
        String sizes =
                call.operator("Concat", Map.of("axis", 0L), call.longs(-1), call.batch(), size);
        String places = call.operator("Reshape", x.tensor(), sizes);
        return new Activation(
                call.transpose(places, VertexCall.list(1, 2, 0)),
                3,
                sequence.getRnnDataFormat() == RNNFormat.NWC);
    }

    private static Activation reshaped(VertexCall call, ReshapePreprocessor reshape) {
        long[] target = reshape.getTargetShape();
        int rank = target.length + (reshape.isHasMiniBatchDimension() ? 0 : 1);
        if (rank < 2 || rank > 4) {
            throw call.refuse("a reshape to " + rank + " axes is not supported");
        }
        long[] sizes = new long[rank];
        System.arraycopy(target, 0, sizes, rank - target.length, target.length);
        sizes[0] = 0;
        String result = call.reshape(call.asDl4j(call.input()), sizes);
        boolean channelsLast =
                reshape.getFormat() != null
                        && (reshape.getFormat() == RNNFormat.NWC
                                || reshape.getFormat() == CNN2DFormat.NHWC);
        return call.fromDl4j(result, rank, channelsLast);
    }

    private static Activation permuted(VertexCall call, PermutePreprocessor permute) {
        Activation x = call.input();
        String result =
                call.transpose(call.asDl4j(x), VertexCall.list(permute.getPermutationIndices()));
        return new Activation(result, x.rank(), false);
    }
}
