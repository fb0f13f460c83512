// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.deepcache4j.npz.NpzFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class TrainCommandTest {

    private static final int IMAGES = 12;

    @TempDir private Path folder;

    /** 14 x 14 bytes for a network of 16 x 16, labels 0 to 9. */
    private Path data(Map<String, INDArray> changes) throws IOException {
        Map<String, INDArray> arrays = new LinkedHashMap<>();
        arrays.put(
                "images",
                Nd4j.linspace(0, 255, IMAGES * 14 * 14, DataType.FLOAT)
                        .reshape(IMAGES, 14, 14)
                        .castTo(DataType.UINT8));
        arrays.put(
                "labels",
                Nd4j.createFromArray(LongStream.range(0, IMAGES).map(i -> i % 10).toArray()));
        arrays.putAll(changes);
        arrays.values().removeIf(INDArray::isEmpty);
        Path file = folder.resolve("data.npz");
        NpzFile.write(file, arrays);
        return file;
    }

    private static CommandRun train(Path data, Path out, Object... more) {
        Object[] first = {"train", "--data", data, "--out", out};
        return CommandRun.of(Stream.concat(Stream.of(first), Stream.of(more)).toArray());
    }

    private static final Object[] TINY = {
        "--preset", "tiny-class", "--batch", 4, "--steps", 4, "--grid-every", 2
    };

    private static Object[] tiny(Object... more) {
        return Stream.concat(Stream.of(TINY), Stream.of(more)).toArray();
    }

    @Test
    void writesAFolderThatTheOtherCommandsTake() throws IOException {
        Path out = folder.resolve("model");
        CommandRun run = train(data(Map.of()), out, tiny()).expect(0);
        assertTrue(run.out().contains("4 of 4 steps of 4 images"), run.out());
        assertEquals(
                List.of("step-000002.png", "step-000004.png"),
                CommandRun.files(out.resolve("grids")).stream().map(Path::toString).toList());
        assertEquals(5, Files.readAllLines(out.resolve("losses.csv")).size());
        JsonNode inspected = CommandRun.json(0, folder, "inspect", out);
        assertEquals(3, inspected.get("branches").size(), inspected.toPrettyString());
        CommandRun.of("sample", out, "--steps", 4, "--interval", 2, "--class", "1,2")
                .expect(2); // nowhere to put the samples
        JsonNode sampled =
                CommandRun.json(
                        0,
                        folder,
                        "sample",
                        out,
                        "--steps",
                        4,
                        "--interval",
                        2,
                        "--class",
                        "1,2,3",
                        "--guidance",
                        2,
                        "--count",
                        3,
                        "--out",
                        folder.resolve("samples.png"));
        assertEquals(2, sampled.get("totals").get("cachedSteps").asInt());
        assertTrue(
                train(data(Map.of()), out, tiny())
                        .expect(2)
                        .err()
                        .contains("a run was started there; go on with --resume"));
    }

    @Test
    void goesOnBitForBit() throws IOException {
        Path data = data(Map.of());
        Path whole = folder.resolve("whole");
        Path stopped = folder.resolve("stopped");
        train(data, whole, tiny()).expect(0);
        CommandRun first = train(data, stopped, tiny("--minutes", 1e-6)).expect(0);
        assertTrue(first.out().contains("1 of 4 steps"), first.out());
        assertTrue(
                train(data, stopped, tiny("--resume"))
                        .expect(2)
                        .err()
                        .contains("leave out --preset, --steps, --batch"));
        train(data, stopped, "--resume").expect(0);
        for (String file :
                List.of(
                        "losses.csv",
                        "checkpoint.npz",
                        "unet/diffusion_pytorch_model.safetensors")) {
            assertArrayEquals(
                    Files.readAllBytes(whole.resolve(file)),
                    Files.readAllBytes(stopped.resolve(file)),
                    file);
        }
        Path other = data(Map.of("labels", Nd4j.zeros(DataType.INT64, IMAGES)));
        assertTrue(train(other, stopped, "--resume").expect(2).err().contains("with other data"));
    }

    @Test
    void saysWhatIsWrongWithTheData() throws IOException {
        INDArray numbers = Nd4j.zeros(DataType.FLOAT, IMAGES, 16, 16);
        fails(Map.of("images", Nd4j.empty(DataType.UINT8)), "no array 'images'");
        fails(Map.of("labels", Nd4j.empty(DataType.INT64)), "no array 'labels'");
        fails(
                Map.of("images", Nd4j.zeros(DataType.UINT8, IMAGES, 3, 16, 16)),
                "has shape [12, 3, 16, 16]; the network takes [count, 1, 16, 16]");
        fails(
                Map.of("images", Nd4j.zeros(DataType.UINT8, IMAGES, 17, 16)),
                "has shape [12, 17, 16]");
        fails(
                Map.of("images", numbers.dup().putScalar(new int[] {5, 0, 3}, Float.NaN)),
                "holds the value NaN in image 5");
        fails(
                Map.of("images", numbers.dup().putScalar(new int[] {0, 0, 3}, 255)),
                "holds the value 255.0 in image 0");
        fails(
                Map.of("labels", Nd4j.createFromArray(0L, 1L)),
                "array 'labels' is INT64 [2]; whole numbers [12] are needed");
        fails(
                Map.of("labels", Nd4j.valueArrayOf(new long[] {IMAGES}, 10, DataType.INT64)),
                "holds 10 at 0; the network knows the classes 0 to 9 (10 means none)");
    }

    private void fails(Map<String, INDArray> changes, String message) throws IOException {
        CommandRun run = train(data(changes), folder.resolve("none"), tiny()).expect(2);
        assertTrue(run.err().contains(message), run.err());
        assertEquals(1, run.err().strip().lines().count(), run.err());
    }

    @Test
    void saysWhatIsWrongWithTheOptions() throws IOException {
        Path data = data(Map.of());
        Path out = folder.resolve("out");
        assertTrue(train(data, out, "--preset", "huge").expect(2).err().contains("no preset huge"));
        assertTrue(
                train(data, out, "--preset", "tiny-text").expect(2).err().contains("text states"));
        assertTrue(
                train(data, out, tiny("--learning-rate", -1))
                        .expect(2)
                        .err()
                        .contains("learning rate -1.0"));
        assertTrue(
                train(data, out, tiny("--prediction", "magic"))
                        .expect(2)
                        .err()
                        .contains("'magic' is unknown"));
        assertTrue(
                train(data, out, "--preset", "tiny-class", "--batch", 13, "--steps", 1)
                        .expect(2)
                        .err()
                        .contains("do not make batches of 13"));
        assertTrue(train(data, out, "--resume").expect(2).err().contains("there is no"));
        assertTrue(train(folder.resolve("none.npz"), out).expect(2).err().contains("none.npz"));
    }
}
