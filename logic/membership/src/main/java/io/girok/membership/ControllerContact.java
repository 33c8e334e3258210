package io.girok.membership;

import io.girok.base.Clock;
import io.girok.base.Shard;
import io.girok.base.Timers;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Whether the active controller still counts on this broker, as far as the broker itself can tell. Owned by its shard;
/// [#isLost] may be asked by anyone.
///
/// The controller fences who was silent for the session's time. So a broker whose heartbeats have had no answer for as
/// long is fenced, or will be, and others lead what it led. The time counts from when the heartbeat was sent that was
/// answered last: the controller has heard it later, and waits for longer.
public final class ControllerContact {
    private static final Logger LOG = LoggerFactory.getLogger(ControllerContact.class);
    private static final long NEVER = Long.MIN_VALUE;

    /// Told on the shard when the contact is lost and when it is there again.
    @FunctionalInterface
    public interface Listener {
        void onContact(boolean isLost);
    }

    private final Shard shard;
    private final Clock clock;
    private final long sessionMs;
    private final Listener listener;
    private volatile long provenMs = NEVER;
    /// There is no contact before the first answer, which nobody needs to be told.
    private boolean isToldLost = true;
    private boolean isStopped;
    private Timers.Scheduled nextCheck = () -> {};

    /// @param sessionMs `broker.session.timeout.ms`
    public ControllerContact(Shard shard, Clock clock, long sessionMs, Listener listener) {
        this.shard = shard;
        this.clock = clock;
        this.sessionMs = sessionMs;
        this.listener = listener;
    }

    /// Whether others may lead by now what this broker led.
    public boolean isLost() {
        long proven = provenMs;
        return proven == NEVER || proven + sessionMs <= clock.monotonicMs();
    }

    long nowMs() {
        return clock.monotonicMs();
    }

    /// The active controller has answered a heartbeat: this broker is not fenced.
    ///
    /// @param sentMs when the heartbeat was sent, by [#nowMs]
    void answered(long sentMs) {
        boolean isFirst = provenMs == NEVER;
        provenMs = sentMs;
        if (isLost() || isStopped) {
            return;
        }
        if (isToldLost) {
            isToldLost = false;
            if (!isFirst) {
                LOG.info("the active controller answers again: this broker goes on with what it leads");
            }
            listener.onContact(false);
        }
        checkLater();
    }

    void stop() {
        isStopped = true;
        nextCheck.cancel();
    }

    private void checkLater() {
        nextCheck.cancel();
        nextCheck = shard.schedule(Math.max(1, provenMs + sessionMs - clock.monotonicMs()), this::check);
    }

    private void check() {
        if (!isLost()) {
            checkLater();
            return;
        }
        isToldLost = true;
        LOG.warn("no heartbeat was answered for {} ms (broker.session.timeout.ms): the controller gives to others what "
                + "this broker leads and others have, so its clients are sent away until there is an answer",
                sessionMs);
        listener.onContact(true);
    }
}
