// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.diffusion;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SamplerFactoryTest {

    @TempDir Path folder;

    private Path config(String json) throws IOException {
        Path file = folder.resolve("scheduler_config.json");
        Files.writeString(file, json);
        return file;
    }

    @Test
    void everyKindIsFoundByBothNames() {
        for (SamplerKind kind : SamplerKind.values()) {
            assertEquals(kind, SamplerKind.parse(kind.className()));
            assertEquals(kind, SamplerKind.parse(kind.shortName()));
            assertEquals(kind, SamplerFactory.of(kind, NoiseSchedule.linear()).kind());
        }
        assertEquals(SamplerKind.DPM_SOLVER, SamplerKind.parse("DPM++"));
    }

    @Test
    void theClassNamePicksTheSampler() throws IOException {
        Path euler = config("{\"_class_name\": \"EulerDiscreteScheduler\"}");
        assertInstanceOf(EulerSampler.class, SamplerFactory.read(euler).sampler(5));
        assertInstanceOf(DdimSampler.class, SamplerFactory.read(config("{}")).sampler(5));
    }

    /** As diffusers' from_config: common keys count, absent ones get the new class's defaults. */
    @Test
    void anotherSamplerReadsTheSameFile() throws IOException {
        Path pndm =
                config(
                        """
                        {"_class_name": "PNDMScheduler", "beta_schedule": "scaled_linear",
                         "beta_start": 0.00085, "beta_end": 0.012, "steps_offset": 1,
                         "skip_prk_steps": true, "clip_sample": false}
                        """);
        Sampler own = SamplerFactory.read(pndm).sampler(4);
        assertArrayEquals(new double[] {751, 501, 251, 1}, own.timesteps());
        assertEquals(List.of(0, 0, 1, 2, 3), own.stepOfCall());
        Sampler heun = SamplerFactory.read(pndm, SamplerKind.HEUN).sampler(4);
        assertArrayEquals(new double[] {999, 666, 333, 0}, heun.timesteps());
        assertEquals(List.of(0, 0, 1, 1, 2, 2, 3), heun.stepOfCall());
    }

    @Test
    void whatASamplerHasNoUseForIsNoted() throws IOException {
        Path file =
                config(
                        """
                        {"_class_name": "DPMSolverMultistepScheduler", "use_karras_sigmas": true,
                         "thresholding": true, "solver_order": 3}
                        """);
        assertEquals(List.of(), SamplerFactory.read(file).notes());
        assertEquals(
                List.of("use_karras_sigmas true is ignored: DDIMScheduler has no such option"),
                SamplerFactory.read(file, SamplerKind.DDIM).notes());
        assertEquals(
                List.of("thresholding true is ignored: HeunDiscreteScheduler has no such option"),
                SamplerFactory.read(file, SamplerKind.HEUN).notes());
    }

    @Test
    void aRelativesFileIsForOtherSamplersOnly() throws IOException {
        Path file = config("{\"_class_name\": \"LMSDiscreteScheduler\"}");
        assertInstanceOf(
                EulerSampler.class, SamplerFactory.read(file, SamplerKind.EULER).sampler(5));
        assertThrows(IOException.class, () -> SamplerFactory.read(file));
    }

    @Test
    void networksThatAreToldSigmasAreNotMixedUpWithOthers() throws IOException {
        Path file = config("{\"_class_name\": \"EDMEulerScheduler\"}");
        assertTrue(SamplerFactory.read(file).schedule().isEmpty());
        assertTrue(
                assertThrows(IOException.class, () -> SamplerFactory.read(file, SamplerKind.DDIM))
                        .getMessage()
                        .endsWith(
                                "DDIMScheduler is for other networks than EDMEulerScheduler: they"
                                        + " are told the noise in another way"));
        assertTrue(
                assertThrows(IOException.class, () -> NoiseSchedule.read(file))
                        .getMessage()
                        .endsWith("read it as a SamplerFactory"));
    }
}
