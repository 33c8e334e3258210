package io.girok.membership.balance;

import io.girok.balance.Aims;
import io.girok.balance.BalancePlan;
import io.girok.balance.BalancePlanner;
import io.girok.balance.Move;
import io.girok.balance.MoveQueue;
import io.girok.balance.Reason;
import io.girok.base.Clock;
import io.girok.base.PartitionName;
import io.girok.base.Shard;
import io.girok.base.Timers;
import io.girok.controller.ActiveController;
import io.girok.controller.AlterConfigs;
import io.girok.controller.AlterReassignments;
import io.girok.controller.Command;
import io.girok.controller.ControllerError;
import io.girok.controller.ElectLeaders;
import io.girok.controller.Result;
import io.girok.membership.NodeAddresses;
import io.girok.membership.balance.DiskReports.Report;
import io.girok.metadata.BrokerImage;
import io.girok.metadata.MetadataDelta;
import io.girok.metadata.MetadataImage;
import io.girok.metadata.MetadataStore;
import io.girok.wire.Peers;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Evens out what brokers carry, on the node that is the active controller. Owned by its shard.
public final class AutoBalance implements MetadataStore.Subscriber {
    /*
     *   RESTING --interval, all is quiet--> LOOKING --brokers have told, planned, throttled--> MOVING --+
     *      ^                                   |  nothing to move, or one is silent                    |
     *      |-----------------------------------/                                                       |
     *      \-------------------- all have ended, or turned off: called off; unthrottled ---------------/
     *
     * Quiet: nothing is being reassigned, by whomever, and every registered broker is up. One that is down may be back
     * soon; when it is not to come back, it is unregistered: then copies on their way to it are called off, and its
     * replicas are made anew elsewhere.
     *
     * The plan is in memory only. A new active controller lets run what was begun, and plans for itself when that has
     * ended. It cannot know whether the throttle was set by the one before or by a person, so as soon as nothing moves
     * it takes away rates that are exactly the one it would set, whether it is turned on or not.
     *
     * Nothing begins until the throttle is in force. One command is under way at a time; what is refused or lost is
     * found out with the next look at the image.
     */
    private static final Logger LOG = LoggerFactory.getLogger(AutoBalance.class);
    private static final long CHECK_MS = 500;
    private static final int MAX_REASONS_LOGGED = 10;
    /// Of one plan: all of them are throttled by one command, whose records must fit into a batch of metadata even if
    /// each is of a topic of its own, with a name as long as names get. The rest is planned after the next interval.
    static final int MAX_COPIES = 400;
    private static final long MIB = 1024 * 1024;
    private static final CompletableFuture<Void> DONE = CompletableFuture.completedFuture(null);

    /// What it works with.
    ///
    /// @param background where plans are made: that takes longer than a shard may
    public record Surroundings(Shard shard, Executor background, Clock clock, Peers peers, NodeAddresses addresses) {}

    private final Surroundings surroundings;
    private final ActiveController controller;
    private final MetadataStore metadata;
    private final Supplier<BalanceSettings> settings;
    private final Shard shard;
    private final DiskReports reports;

    private boolean isLeading;
    /// The rate that may be set; 0 when none is.
    private long throttleBytesPerSecond;
    /// Or since this node is the active controller.
    private long lastLookMs;
    private @Nullable MoveQueue moving;
    /// Those that were there when the plan was made.
    private List<BrokerImage> planned = List.of();
    private Timers.Scheduled nextCheck = () -> {};
    /// Of the look or the commands that are under way.
    private CompletableFuture<?> work = DONE;

    /// To be subscribed to `metadata` before the metadata log starts.
    public AutoBalance(Surroundings surroundings, ActiveController controller, MetadataStore metadata,
            Supplier<BalanceSettings> settings) {
        this.surroundings = surroundings;
        this.controller = controller;
        this.metadata = metadata;
        this.settings = settings;
        this.shard = surroundings.shard();
        this.reports = new DiskReports(surroundings.peers(), surroundings.addresses(), shard);
    }

    @Override
    public void onImage(MetadataImage image, MetadataDelta delta) {
        // The image is looked at from time to time.
    }

    @Override
    public void onLeader(long epoch) {
        shard.execute(() -> {
            end();
            isLeading = true;
            BalanceSettings current = settings.get();
            throttleBytesPerSecond = current.throttleBytesPerSecond();
            lastLookMs = now();
            nextCheck = shard.schedule(CHECK_MS, this::check);
        });
    }

    @Override
    public void onNotLeader(long epoch) {
        shard.execute(this::end);
    }

    private void end() {
        isLeading = false;
        work = DONE;
        moving = null;
        nextCheck.cancel();
    }

    private long now() {
        return surroundings.clock().monotonicMs();
    }

    private void check() {
        if (!isLeading) {
            return;
        }
        nextCheck = shard.schedule(CHECK_MS, this::check);
        if (!work.isDone()) {
            return;
        }
        BalanceSettings current = settings.get();
        MoveQueue queue = moving;
        if (queue != null) {
            if (current.isEnabled()) {
                goOn(queue);
            } else {
                callOff(queue);
            }
        } else if (0 < throttleBytesPerSecond && ImageLayout.moving(metadata.image()).isEmpty()) {
            unthrottle();
        } else if (current.isEnabled() && lastLookMs + current.intervalMs() <= now()
                && isQuiet(metadata.image())) {
            look(current);
        }
    }

    /// Where there is one broker only, there is nothing to even out either.
    private static boolean isQuiet(MetadataImage image) {
        List<BrokerImage> brokers = image.brokers();
        return 1 < brokers.size() && brokers.stream().allMatch(BrokerImage::canLead)
                && ImageLayout.moving(image).isEmpty();
    }

    private void look(BalanceSettings current) {
        lastLookMs = now();
        List<BrokerImage> brokers = metadata.image().brokers();
        work = reports.ask(brokers.stream().map(BrokerImage::id).toList())
                .thenApplyAsync(told -> plan(told, current), surroundings.background())
                .thenAcceptAsync(plan -> begin(brokers, plan, current), shard)
                .exceptionally(failure -> {
                    LOG.info("brokers are not evened out now: {}", failure.getMessage());
                    return null;
                });
    }

    private BalancePlan plan(Map<Integer, Report> told, BalanceSettings current) {
        return BalancePlanner.plan(ImageLayout.of(metadata.image(), told), Aims.all(current.thresholdPercent()));
    }

    private void begin(List<BrokerImage> brokers, BalancePlan plan, BalanceSettings current) {
        MetadataImage image = metadata.image();
        if (!isLeading || plan.moves().isEmpty() || !image.brokers().equals(brokers) || !isQuiet(image)) {
            return;
        }
        List<Move> moves = firstOf(plan.moves());
        LOG.info(
                "brokers are evened out: {} partitions change, {} MiB are copied; brokers carry {}, then {}; the first "
                        + "{} of these partitions change now",
                plan.moves().size(), plan.bytesToCopy() / MIB, plan.before(), plan.after(), moves.size());
        moves.stream()
                .limit(MAX_REASONS_LOGGED)
                .forEach(move -> LOG.info("partition '{}' goes from {} to {}: {}", move.partition(), move.from(),
                        move.to(), move.reasons().stream().map(Reason::text).toList()));
        MoveQueue queue = new MoveQueue(moves, current.maxMoves());
        if (0 < current.throttleBytesPerSecond() && moves.stream().anyMatch(Move::copies)) {
            throttleBytesPerSecond = current.throttleBytesPerSecond();
            CompletableFuture<Boolean> throttled = submit(
                    BalanceCommands.throttle(image, moves, throttleBytesPerSecond));
            work = CompletableFuture.allOf(work, throttled.thenAcceptAsync(isThrottled -> {
                if (isThrottled) {
                    start(queue, brokers);
                }
            }, shard));
        } else {
            start(queue, brokers);
        }
    }

    private static List<Move> firstOf(List<Move> moves) {
        int copies = 0;
        for (int i = 0; i < moves.size(); i++) {
            copies += moves.get(i).copies() ? 1 : 0;
            if (MAX_COPIES < copies) {
                return moves.subList(0, i);
            }
        }
        return moves;
    }

    private void start(MoveQueue queue, List<BrokerImage> brokers) {
        if (isLeading) {
            planned = brokers;
            moving = queue;
        }
    }

    private void goOn(MoveQueue queue) {
        MetadataImage image = metadata.image();
        if (!isAsPlanned(image)) {
            queue.stopBeginning();
        }
        List<Move> stranded = queue.running().stream().filter(move -> isStranded(image, move)).toList();
        if (!stranded.isEmpty()) {
            var _ = submit(BalanceCommands.callOff(image, stranded));
            return;
        }
        MoveQueue.Step step = queue.next(ImageLayout.moving(image));
        List<PartitionName> changed = BalanceCommands.changedLeaders(step.ended());
        if (!changed.isEmpty()) {
            var _ = submit(new ElectLeaders(ElectLeaders.Kind.PREFERRED, changed));
        }
        AlterReassignments begun = BalanceCommands.begin(image, step.begun());
        if (!begun.reassignments().isEmpty()) {
            var _ = submit(begun);
        }
        if (queue.isDone()) {
            LOG.info("brokers are evened out: {} partitions have changed", queue.endedCount());
            moving = null;
        }
    }

    /// Whether the brokers are those that the plan was made for.
    private boolean isAsPlanned(MetadataImage image) {
        return image.brokers().equals(planned);
    }

    /// Whether it can't come to its end.
    private static boolean isStranded(MetadataImage image, Move move) {
        return move.to().stream().anyMatch(broker -> image.broker(broker) == null)
                && BalanceCommands.isUnderWay(image, move);
    }

    private void callOff(MoveQueue queue) {
        LOG.info("auto.balance.enable is off: {} moves are called off, {} had ended", queue.running().size(),
                queue.endedCount());
        moving = null;
        AlterReassignments calledOff = BalanceCommands.callOff(metadata.image(), queue.running());
        if (!calledOff.reassignments().isEmpty()) {
            var _ = submit(calledOff);
        }
    }

    private void unthrottle() {
        AlterConfigs deletions = BalanceCommands.unthrottle(metadata.image(), throttleBytesPerSecond);
        if (deletions.alterations().isEmpty()) {
            throttleBytesPerSecond = 0;
        } else {
            var _ = submit(deletions);
        }
    }

    /// Ends in whether all was done.
    private <K, V> CompletableFuture<Boolean> submit(Command<Map<K, Result<V>>> command) {
        CompletableFuture<Boolean> done = controller.submit(command).handle((answers, failure) -> {
            if (failure != null) {
                LOG.warn("the controller has not done its part in evening out brokers: {}", failure.getMessage());
                return false;
            }
            report(answers);
            return answers.values().stream().allMatch(Result::isOk);
        });
        work = CompletableFuture.allOf(work, done);
        return done;
    }

    /// What is refused stays as it is, and is planned for again. In one line, however much it is.
    private static <K, V> void report(Map<K, Result<V>> answers) {
        List<Map.Entry<K, Result<V>>> refused = answers.entrySet()
                .stream()
                .filter(each -> !each.getValue().isOk()
                        && each.getValue().error() != ControllerError.ELECTION_NOT_NEEDED)
                .toList();
        if (!refused.isEmpty()) {
            Map.Entry<K, Result<V>> first = refused.getFirst();
            LOG.info("evening out brokers, the controller has refused {} of {} things, the first of them for '{}': {}",
                    refused.size(), answers.size(), first.getKey(), first.getValue().message());
        }
    }
}
