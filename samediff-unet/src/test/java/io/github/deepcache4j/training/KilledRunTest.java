// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.training;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.deepcache4j.engine.ProbeProcess;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A run whose process is killed, without a shutdown hook, in the middle of an update. */
class KilledRunTest {

    private static final int KILLED = 137;

    @TempDir private Path temporary;

    @Test
    void goesOnBitForBit() throws Exception {
        Path checkpoint = temporary.resolve("checkpoint.npz");
        Process process =
                ProbeProcess.builder(
                                Victim.class,
                                ProbeProcess.classPath(),
                                List.of("-Dorg.bytedeco.javacpp.logger=slf4j"),
                                checkpoint.toString())
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .start();
        assertEquals(KILLED, process.waitFor());
        try (Trainer whole = TinyRun.start();
                Trainer resumed = TinyRun.start()) {
            whole.run(5);
            resumed.restore(checkpoint);
            assertEquals(3, resumed.steps());
            resumed.run(5);
            assertArrayEquals(whole.losses(), resumed.losses());
            TinyRun.assertSameBits(whole, resumed);
        }
    }

    /** Saves after every step and dies in the fourth. */
    static final class Victim {

        private Victim() {}

        public static void main(String[] arguments) throws IOException {
            try (Trainer trainer = TinyRun.start()) {
                trainer.withListeners(
                        new StopInTheMiddle(3, () -> Runtime.getRuntime().halt(KILLED)));
                for (int step = 1; step <= 5; step++) {
                    trainer.run(step);
                    trainer.save(Path.of(arguments[0]));
                }
            }
        }
    }
}
