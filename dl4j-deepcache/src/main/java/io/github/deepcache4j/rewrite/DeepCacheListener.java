// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.rewrite;

import io.github.deepcache4j.schedule.CacheSchedule;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.nd4j.autodiff.listeners.At;
import org.nd4j.autodiff.listeners.BaseListener;
import org.nd4j.autodiff.listeners.Operation;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.internal.SameDiffOp;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.OpContext;
import org.nd4j.linalg.dataset.api.MultiDataSet;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A SameDiff listener that makes calls of a {@link GatedGraph} full or cached.
 *
 * <p>It counts the calls of a run and asks the schedule about each. A run starts anew, with a full
 * call, at the first call, after {@link #reset}, when the timestep rises, and when the sample's
 * sizes change. So a run may be followed by another without a word, if timesteps fall within a run.
 *
 * <p>A guidance loop that calls the graph twice a step needs two caches. Either tell the key before
 * each call ({@link #key}), or let the keys take turns ({@link #alternating}); one call with a
 * doubled batch needs neither. One thread at a time. Tensors of the deep region cannot be asked for
 * as outputs of a cached call.
 */
public final class DeepCacheListener extends BaseListener {

    private final CacheSchedule schedule;
    private final Map<String, CallHistory> histories = new HashMap<>();
    private final INDArray full = Nd4j.scalar(true);
    private final INDArray cached = Nd4j.scalar(false);
    private List<String> turns = List.of("");
    private int turn;
    private @Nullable GatedGraph gated;
    private @Nullable Call call;
    private int fullCalls;
    private int cachedCalls;

    /** What was decided for the call in progress. */
    private record Call(
            CallHistory history, boolean full, boolean newRun, double timestep, long[] sample) {}

    /**
     * @param schedule whether the call with this index is full, counted from 0 in each run and for
     *     each key; {@code step -> step % 5 == 0} is DeepCache's interval 5.
     */
    public DeepCacheListener(CacheSchedule schedule) {
        this.schedule = schedule;
    }

    /** A listener for loops that call the graph once for each key, always in this order. */
    public static DeepCacheListener alternating(CacheSchedule schedule, String... keys) {
        if (keys.length == 0) {
            throw new IllegalArgumentException("alternating needs at least one key");
        }
        DeepCacheListener listener = new DeepCacheListener(schedule);
        listener.turns = List.of(keys);
        return listener;
    }

    /** The calls that follow use this key's cache and step count. */
    public void key(String key) {
        turns = List.of(key);
        turn = 0;
    }

    /** Forgets all runs: the next call of every key is full and has index 0. */
    public void reset() {
        histories.clear();
        turn = 0;
    }

    public int fullCalls() {
        return fullCalls;
    }

    public int cachedCalls() {
        return cachedCalls;
    }

    @Override
    public boolean isActive(Operation operation) {
        return operation == Operation.INFERENCE;
    }

    @Override
    public void operationStart(SameDiff sd, Operation operation) {
        if (gated == null || gated.sameDiff() != sd) {
            gated = GatedGraph.of(sd);
            reset();
        }
        GateSession.install(sd);
        call = null;
    }

    /** Decides when the first operation of the gate is about to run: before any Switch. */
    @Override
    public void preOpExecution(SameDiff sd, At at, SameDiffOp op, OpContext context) {
        if (gated == null || op == null || !op.getName().equals(gated.decider())) {
            return;
        }
        CallHistory history = histories.computeIfAbsent(turns.get(turn), key -> new CallHistory());
        double timestep = context.getInputArray(1).maxNumber().doubleValue();
        long[] sample = context.getInputArray(2).shape();
        boolean newRun = history.startsAnew(timestep, sample);
        INDArray cache = sd.getConstantArrays().getArray(GateNames.CACHE);
        boolean isFull = newRun || schedule.full(history.calls()) || !history.fits(cache);
        if (!isFull) {
            history.recall(cache);
        }
        context.setInputArray(0, isFull ? full : cached);
        call = new Call(history, isFull, newRun, timestep, sample);
    }

    @Override
    public void activationAvailable(
            SameDiff sd,
            At at,
            MultiDataSet batch,
            SameDiffOp op,
            String tensor,
            INDArray activation) {
        if (call != null && call.full() && gated != null && tensor.equals(gated.boundary())) {
            call.history().store(activation);
        }
    }

    @Override
    public void operationEnd(SameDiff sd, Operation operation) {
        Call done = call;
        if (done == null) {
            return;
        }
        done.history().advance(done.newRun(), done.timestep(), done.sample());
        if (done.full()) {
            fullCalls++;
            done.history().resize(sd.getConstantArrays());
        } else {
            cachedCalls++;
        }
        turn = (turn + 1) % turns.size();
        call = null;
    }
}
