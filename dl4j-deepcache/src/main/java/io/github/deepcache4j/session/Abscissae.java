// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.session;

import io.github.deepcache4j.forecast.Abscissa;
import io.github.deepcache4j.unet.Step;
import java.util.function.DoubleUnaryOperator;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/** The abscissa of every step of a run. */
@FunctionalInterface
interface Abscissae extends ToDoubleFunction<Step> {

    /**
     * @param logSnr of a timestep; needed for {@link Abscissa#LOG_SNR} only
     */
    static Abscissae of(Abscissa kind, @Nullable DoubleUnaryOperator logSnr) {
        if (kind == Abscissa.STEP) {
            return Step::index;
        }
        if (logSnr == null) {
            throw new IllegalArgumentException(
                    "the policy forecasts over the log-SNR ('snr'), but the session was not told"
                            + " the noise schedule; give Builder.logSnr, or a policy without 'snr'");
        }
        return step -> logSnr.applyAsDouble(step.timestep());
    }
}
