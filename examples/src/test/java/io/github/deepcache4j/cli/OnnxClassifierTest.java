// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.github.deepcache4j.graph.Shape;
import io.github.deepcache4j.metrics.ExtractedFeatures;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.ops.transforms.Transforms;

/** The digit classifier gives what ONNX Runtime gives, also for a last batch that is not full. */
class OnnxClassifierTest {

    private static final int COUNT = 7;

    @Test
    void featuresAndClassesOfOnnxRuntime() throws OrtException {
        Path file = CommandRun.digits().resolve("classifier").resolve("model.onnx");
        INDArray ramp = Nd4j.linspace(DataType.FLOAT, 0, 0.7, COUNT * 32 * 32);
        INDArray images = Transforms.sin(ramp).reshape(COUNT, 1, 32, 32);
        ExtractedFeatures seen;
        try (OnnxClassifier classifier = OnnxClassifier.read(file, Shape.of(1, 32, 32), 3)) {
            seen = classifier.extract(images);
        }
        OrtEnvironment environment = OrtEnvironment.getEnvironment();
        FloatBuffer pixels = FloatBuffer.wrap(images.dup('c').data().asFloat());
        try (OrtSession session = environment.createSession(file.toString());
                OnnxTensor input = OnnxTensor.createTensor(environment, pixels, images.shape());
                OrtSession.Result result = session.run(Map.of("image", input))) {
            float[][] logits = (float[][]) result.get("logits").orElseThrow().getValue();
            float[][] features = (float[][]) result.get("features").orElseThrow().getValue();
            assertEquals(COUNT, seen.features().size(0));
            for (int image = 0; image < COUNT; image++) {
                assertArrayEquals(
                        features[image], seen.features().getRow(image).toFloatVector(), 1e-3f);
                int best = 0;
                for (int c = 1; c < logits[image].length; c++) {
                    best = logits[image][c] > logits[image][best] ? c : best;
                }
                assertEquals(best, seen.classes()[image]);
            }
        }
    }
}
