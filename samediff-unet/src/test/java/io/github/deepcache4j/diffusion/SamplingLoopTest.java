// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.diffusion;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.deepcache4j.unet.NoisePredictor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class SamplingLoopTest {

    private static final NoiseSource NOISE = NoiseSource.seeded(3);
    private static final long[] SHAPE = {2, 1, 4, 4};

    private static final List<Sampler> SAMPLERS =
            List.of(
                    DdimSampler.of(NoiseSchedule.linear(), 10),
                    DdimSampler.of(NoiseSchedule.linear().withoutClipping(), 10).withEta(1),
                    DdimSampler.of(NoiseSchedule.linear(), 10).withClippedModelOutput(true),
                    DdpmSampler.of(NoiseSchedule.linear(), 10),
                    DdpmSampler.of(NoiseSchedule.scaledLinear(), 10),
                    PndmSampler.of(NoiseSchedule.linear(), 10, false),
                    PndmSampler.of(NoiseSchedule.linear(), 10, true),
                    made(SamplerKind.DPM_SOLVER),
                    DpmSolverSampler.of(
                            NoiseSchedule.linear(),
                            10,
                            new DpmSolverOptions(
                                    3, true, false, true, false, Double.NEGATIVE_INFINITY),
                            SigmaOptions.of(SigmaSpacing.KARRAS)),
                    made(SamplerKind.EULER),
                    made(SamplerKind.EULER_ANCESTRAL),
                    made(SamplerKind.HEUN),
                    made(SamplerKind.KDPM2),
                    made(SamplerKind.UNIPC),
                    made(SamplerKind.LCM),
                    made(SamplerKind.EDM_EULER),
                    made(SamplerKind.CONSISTENCY));

    private static Sampler made(SamplerKind kind) {
        NoiseSchedule schedule =
                NoiseSchedule.linear()
                        .withSpacing(TimestepSpacing.LEADING, 0)
                        .withThreshold(new DynamicThreshold(0.9, 2));
        return SamplerFactory.of(kind, schedule).sampler(10);
    }

    private static INDArray run(Sampler sampler, NoisePredictor network) {
        return SamplingLoop.of(sampler, network).run(NOISE, Map.of(), StepListener.NONE, SHAPE);
    }

    @Test
    void callsTheNetworkOnceAStepWithConditionsAndTellsTheListener() {
        FakeNetwork network = new FakeNetwork();
        INDArray label = Nd4j.createFromArray(1f, 2f);
        List<String> heard = new ArrayList<>();
        SamplingLoop.of(DdimSampler.of(NoiseSchedule.linear(), 4), network)
                .run(
                        NOISE,
                        Map.of("label", label),
                        (step, steps, timestep, seconds) -> {
                            heard.add(step + "/" + steps + " " + timestep);
                            assertTrue(seconds >= 0);
                        },
                        SHAPE);
        assertEquals(List.of("0/4 750.0", "1/4 500.0", "2/4 250.0", "3/4 0.0"), heard);
        for (int i = 0; i < 4; i++) {
            assertEquals(i, network.steps.get(i).index());
            assertEquals(750 - 250 * i, network.steps.get(i).timestep());
            assertEquals(Map.of("label", label), network.steps.get(i).conditions());
        }
    }

    @Test
    void aSamplerServesManyRuns() {
        for (Sampler sampler : SAMPLERS) {
            INDArray first = run(sampler, new FakeNetwork());
            INDArray second = run(sampler, new FakeNetwork());
            assertEquals(first, second);
            assertNotSame(first, second);
        }
    }

    /** Neither the noise, nor the sample the network is shown, nor its answers are written to. */
    @Test
    void nothingThatOthersHoldIsChanged() {
        for (Sampler sampler : SAMPLERS) {
            INDArray noise = NOISE.initial(SHAPE);
            List<INDArray> held = new ArrayList<>();
            List<INDArray> copies = new ArrayList<>();
            FakeNetwork fake = new FakeNetwork();
            NoisePredictor network =
                    (x, step) -> {
                        INDArray answer = fake.predict(x, step);
                        held.addAll(List.of(x, answer));
                        copies.addAll(List.of(x.dup(), answer.dup()));
                        return answer;
                    };
            INDArray sample =
                    SamplingLoop.of(sampler, network)
                            .run(noise, Map.of(), NOISE, StepListener.NONE);
            sample.addi(100); // the caller's to keep
            assertEquals(NOISE.initial(SHAPE), noise);
            assertEquals(copies, held);
        }
    }

    /** A network that answers with its input, the worst alias. */
    @Test
    void anAnswerThatIsTheSampleItselfIsNotWrittenTo() {
        for (Sampler sampler : SAMPLERS) {
            assertEquals(run(sampler, (x, step) -> x.dup()), run(sampler, (x, step) -> x));
        }
    }

    @Test
    void keepsTheTypeOfTheNoise() {
        for (Sampler sampler : SAMPLERS) {
            for (DataType type : new DataType[] {DataType.DOUBLE, DataType.HALF}) {
                INDArray noise = NOISE.initial(SHAPE).castTo(type);
                INDArray sample =
                        SamplingLoop.of(sampler, new FakeNetwork())
                                .run(noise, Map.of(), NOISE, StepListener.NONE);
                assertEquals(type, sample.dataType());
                assertArrayEquals(SHAPE, sample.shape());
            }
        }
    }

    @Test
    void namesTheStepThatWentBad() {
        for (Sampler sampler : SAMPLERS) {
            int bad = sampler.stepOfCall().get(6);
            FakeNetwork fake = new FakeNetwork();
            NoisePredictor network =
                    (x, step) -> {
                        INDArray answer = fake.predict(x, step);
                        if (step.index() == 6) {
                            answer.putScalar(0, Float.NaN);
                            answer.putScalar(9, Float.POSITIVE_INFINITY);
                        }
                        return answer;
                    };
            SamplingException error =
                    assertThrows(SamplingException.class, () -> run(sampler, network));
            assertEquals(
                    "1 NaN and 1 infinite of 32 values in the network's answer in step "
                            + (bad + 1)
                            + " of 10 (timestep "
                            + sampler.timesteps()[bad]
                            + ")",
                    error.getMessage());
            assertEquals(bad, error.step());
        }
    }

    @Test
    void seesNaNInHalfPrecision() {
        INDArray noise = NOISE.initial(SHAPE).castTo(DataType.HALF);
        NoisePredictor network = (x, step) -> x.dup().putScalar(0, Float.NaN);
        SamplingLoop loop = SamplingLoop.of(SAMPLERS.get(0), network);
        SamplingException error =
                assertThrows(
                        SamplingException.class,
                        () -> loop.run(noise, Map.of(), NOISE, StepListener.NONE));
        assertEquals(0, error.step());
    }

    @Test
    void anOverflowOfTheSampleIsNamedToo() {
        Sampler sampler = DdimSampler.of(NoiseSchedule.linear().withoutClipping(), 10);
        SamplingException error =
                assertThrows(
                        SamplingException.class,
                        () -> run(sampler, (x, step) -> Nd4j.ones(x.shape()).muli(3e38f)));
        assertEquals(
                "0 NaN and 32 infinite of 32 values in the sample after step 1 of 10 (timestep 900.0)",
                error.getMessage());
        assertEquals(0, error.step());
    }

    @Test
    void badNoiseIsNotBlamedOnAStep() {
        INDArray noise = NOISE.initial(SHAPE);
        noise.putScalar(5, Float.NaN);
        SamplingLoop loop = SamplingLoop.of(SAMPLERS.get(0), new FakeNetwork());
        SamplingException error =
                assertThrows(
                        SamplingException.class,
                        () -> loop.run(noise, Map.of(), NOISE, StepListener.NONE));
        assertEquals("1 NaN and 0 infinite of 32 values in the initial noise", error.getMessage());
        assertEquals(-1, error.step());
    }
}
