package io.girok.simulation;

import io.girok.base.simulated.SimulatedShard;
import io.girok.metadata.AppendFault;
import io.girok.metadata.BrokerImage;
import io.girok.metadata.PartitionImage;
import io.girok.metadata.TopicImage;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/// Brings bad luck to a cluster, and takes it away again. Owned by the world's thread.
final class Nemesis {
    private static final int MIN_CALM_MS = 20;
    private static final List<Integer> MAX_CALM_MS = List.of(300, 1_000, 2_500);
    private static final List<AppendFault> APPEND_FAULTS = List.of(AppendFault.values());
    private static final double ONE_STAYS_AWAY = 0.3;
    /// A disk with less than a mebibyte left counts as full.
    private static final int MAX_LEFT_BYTES = 1_200_000;
    private static final long CUT_LIMIT_MS = 3_000;
    private static final int MAX_JOIN_MS = 5_000;
    private static final int DAY_MS = 86_400_000;

    private final SimulatedCluster cluster;
    private final World world;
    private final History history;
    private final SimulatedShard shard;
    private final PowerLoss powerLoss;
    private @Nullable SimulatedNode absent;
    private final int maxCalmMs;
    private boolean isOver;
    private boolean hasReplaced;

    Nemesis(SimulatedCluster cluster, History history, PowerLoss powerLoss) {
        this.cluster = cluster;
        this.world = cluster.world();
        this.history = history;
        this.powerLoss = powerLoss;
        this.maxCalmMs = MAX_CALM_MS.get(world.random().nextInt(MAX_CALM_MS.size()));
        this.shard = world.newShard(world.clock(), () -> true);
    }

    void start() {
        cluster.nodes()
                .stream()
                .filter(node -> !cluster.founders().contains(node))
                .forEach(node -> startLater(node, MIN_CALM_MS, MAX_JOIN_MS));
        strikeLater();
    }

    private void strikeLater() {
        var _ = shard.schedule(world.between(MIN_CALM_MS, maxCalmMs), this::strike);
    }

    private void strike() {
        if (isOver) {
            return;
        }
        history.fault();
        SimulatedNode victim = cluster.nodes().get(world.random().nextInt(cluster.nodes().size()));
        switch (world.random().nextInt(20)) {
            case 0, 1 -> {
                victim.kill();
                restartLater(victim, 4_000);
            }
            case 2, 3 -> {
                powerLoss.strike(victim);
                restartLater(victim, 8_000);
            }
            case 4 -> loseAll(cluster.nodes(), 2_000);
            case 14 -> loseAll(cluster.nodes().stream().filter(node -> !node.equals(victim)).toList(), 5_000);
            case 5 -> pause(victim);
            case 6 -> cut(victim, true);
            case 7 -> cut(victim, false);
            case 8, 19 -> isolate(victim);
            case 9 -> cluster.elect();
            case 10 -> cluster.quorum()
                    .plant(
                            APPEND_FAULTS.get(world.random().nextInt(APPEND_FAULTS.size())));
            case 11 -> {
                victim.stop();
                restartLater(victim, 12_000);
            }
            case 15 -> {
                victim.fillDisk(world.between(0, MAX_LEFT_BYTES));
                later(world.between(20, 5_000), () -> repairDisk(victim));
            }
            case 16 -> failDirectory(victim);
            case 17 -> keepNewsFromALeader(victim);
            case 18 -> replaceDisk(victim);
            case 12 -> victim.slowDisk(world.between(20, 3_000));
            default -> {
                setClock(victim);
                victim.snapshot();
            }
        }
        strikeLater();
    }

    private void restartLater(SimulatedNode node, int maxMs) {
        if (!node.isCutFromQuorum()) {
            cluster.elect();
        }
        startLater(node, 5, maxMs);
    }

    private void startLater(SimulatedNode node, int minMs, int maxMs) {
        later(world.between(minMs, maxMs), () -> {
            if (!node.isRunning() && !isOver) {
                loseLog(node);
                node.start();
            }
        });
    }

    /// As with [#replaceDisk], but one log.
    private void loseLog(SimulatedNode node) {
        if (!hasReplaced && !cluster.connected().isEmpty() && powerLoss.canDoWithout(node)) {
            OptionalInt lost = node.loseLog();
            lost.ifPresent(partition -> powerLoss.logLost(node, partition));
            hasReplaced = lost.isPresent();
        }
    }

    private void later(long ms, Runnable relief) {
        var _ = shard.schedule(ms, relief);
    }

    private void pause(SimulatedNode node) {
        if (!node.isRunning()) {
            return;
        }
        Host host = node.host();
        node.setPaused(true);
        // A quorum replaces a leader that is silent.
        later(1_500, () -> {
            if (host.isPaused()) {
                cluster.elect();
            }
        });
        later(world.between(10, 8_000), () -> node.setPaused(false));
    }

    /// Cuts the way to another node, perhaps in one direction only.
    private void cut(SimulatedNode node, boolean isBothWays) {
        List<SimulatedNode> others = new ArrayList<>(cluster.nodes());
        others.remove(node);
        Host other = others.get(world.random().nextInt(others.size())).host();
        long limitMs = world.between(50, 9_000);
        cut(node.host(), other, limitMs);
        if (isBothWays) {
            cut(other, node.host(), limitMs);
        }
    }

    private void cut(Host from, Host to, long limitMs) {
        cluster.network().cut(from, to);
        later(limitMs, () -> cluster.network().heal(from, to));
    }

    /// Cuts a node off from all others; clients may still reach it.
    private void isolate(SimulatedNode node) {
        long limitMs = world.between(50, 9_000);
        for (SimulatedNode other : cluster.nodes()) {
            if (other != node) {
                cut(node.host(), other.host(), limitMs);
                cut(other.host(), node.host(), limitMs);
            }
        }
        if (node.isVoter() && cluster.connected().size() == SimulatedCluster.VOTERS.size()) {
            node.cutFromQuorum();
            cluster.elect();
            later(limitMs, node::healQuorum);
        }
    }

    private void loseAll(List<SimulatedNode> nodes, int maxMs) {
        nodes.forEach(node -> {
            powerLoss.strike(node);
            restartLater(node, maxMs);
        });
    }

    /// Of several; the first one has the metadata. A replica that was not made yet counts as lost where its node starts
    /// without one of its directories: a second loss, beside a disk of which nobody knows that it is new.
    private void failDirectory(SimulatedNode node) {
        if (1 < node.directories().size() && !powerLoss.isLossUnknown()) {
            node.failDirectory();
            later(world.between(20, 6_000), () -> repairDisk(node));
        }
    }

    /// What has failed is used again after a start of the machine: what a failed sync was for is in its memory only,
    /// and no further sync brings it to the disk.
    private void repairDisk(SimulatedNode node) {
        node.repairDisk();
        if (node.mustRestart()) {
            powerLoss.strike(node);
            restartLater(node, 2_000);
        }
    }

    /// Once: who comes back empty needs all that the others have.
    private void replaceDisk(SimulatedNode node) {
        if (!hasReplaced) {
            hasReplaced = powerLoss.strikeForGood(node);
            restartLater(node, 2_000);
        }
    }

    /// A leader takes a follower for out of sync that the controller has let in again; then the follower hears nothing
    /// of the leader for a while, and the leader dies.
    private void keepNewsFromALeader(SimulatedNode follower) {
        SimulatedNode leader = leaderOf(world.random().nextInt(Simulation.PARTITIONS));
        boolean isCalm = cluster.connected().size() == SimulatedCluster.VOTERS.size() && follower.isRunning();
        if (leader == null || leader.equals(follower) || !leader.isVoter() || !isCalm) {
            return;
        }
        follower.kill();
        later(world.between(50, 300), () -> {
            if (!follower.isRunning() && !isOver) {
                follower.start();
                cutOnceReady(follower, leader, world.nowMs() + CUT_LIMIT_MS);
            }
        });
    }

    private void cutOnceReady(SimulatedNode follower, SimulatedNode leader, long untilMs) {
        int controllerId = cluster.quorum().leaderId();
        if (isOver || untilMs < world.nowMs() || !leader.isRunning() || controllerId < 1
                || controllerId == leader.host().id()) {
            return;
        }
        Host controller = cluster.nodes().get(controllerId - 1).host();
        BrokerImage broker = leader.image().broker(follower.host().id());
        if (broker == null || broker.isFenced()) {
            later(1, () -> cutOnceReady(follower, leader, untilMs));
            return;
        }
        leader.cutFromQuorum();
        cluster.network().cut(controller, leader.host());
        later(world.between(10, 800), () -> {
            cluster.network().cut(follower.host(), leader.host());
            later(world.between(50, 800), () -> {
                powerLoss.strike(leader);
                cluster.network().heal(controller, leader.host());
                cluster.network().heal(follower.host(), leader.host());
                leader.healQuorum();
                restartLater(leader, 8_000);
            });
        });
    }

    private @Nullable SimulatedNode leaderOf(int partition) {
        List<SimulatedNode> connected = cluster.connected();
        TopicImage topic = connected.isEmpty() ? null : connected.getFirst().image().topic(Simulation.TOPIC);
        int leader = topic == null ? PartitionImage.NO_LEADER : topic.partitions().get(partition).leader();
        return leader == PartitionImage.NO_LEADER ? null : cluster.nodes().get(leader - 1);
    }

    private void setClock(SimulatedNode node) {
        long wallMs = node.host().clock().wallMs();
        node.host().clock().setWall(wallMs + world.between(-DAY_MS, DAY_MS));
    }

    /// Nothing bad happens any more, and what did is put right; but for one node, perhaps, which stays without power:
    /// two of three must do.
    void end() {
        isOver = true;
        cluster.network().heal();
        cluster.nodes().forEach(SimulatedNode::healQuorum);
        for (SimulatedNode node : cluster.nodes()) {
            node.setPaused(false);
            node.slowDisk(0);
            node.repairDisk();
            if (node.mustRestart()) {
                powerLoss.strike(node);
            }
        }
        if (world.chance(ONE_STAYS_AWAY)) {
            SimulatedNode away = cluster.nodes().get(world.random().nextInt(cluster.nodes().size()));
            if (powerLoss.canDoWithout(away)) {
                powerLoss.strike(away);
                absent = away;
                cluster.elect();
            }
        }
        startWhatStopped();
    }

    /// Once the rest has shown that it does.
    void endAbsence() {
        absent = null;
        startWhatStopped();
    }

    /// To be called again while things calm down: what was stopping has stopped by now.
    void startWhatStopped() {
        for (SimulatedNode node : cluster.nodes()) {
            if (!node.isRunning() && !node.equals(absent)) {
                node.start();
            }
        }
    }
}
