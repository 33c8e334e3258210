package io.girok.simulation;

import io.girok.base.simulated.SimulatedShard;
import io.girok.wire.NodeAddress;
import io.girok.wire.PeerConnection;
import io.girok.wire.Peers;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.message.MetadataRequestData;
import org.apache.kafka.common.message.MetadataRequestData.MetadataRequestTopic;
import org.apache.kafka.common.message.MetadataResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;

/// A client's connections, and what every client does with them. Owned by the world's thread.
final class ClientLink {
    /// After so long, whatever was asked for without an answer has been done, or never will be.
    static final int CERTAIN_AFTER_MS = 10_000;
    private static final short METADATA_VERSION = 9;
    private static final int PORT = 9092;
    private static final long LIMIT_MS = 4_000;

    private final World world;
    private final Peers peers;
    private final SimulatedShard shard;
    private final List<Host> brokers;
    private final Map<Integer, PeerConnection> connections = new HashMap<>();
    /// By topic and partition: the newest leader epoch that this client has heard of.
    private final Map<String, Integer> epochs = new HashMap<>();

    ClientLink(World world, SimulatedNetwork network, Host host, List<Host> brokers) {
        this.world = world;
        this.peers = network.peers(host);
        this.shard = host.newShard();
        this.brokers = brokers;
    }

    World world() {
        return world;
    }

    /// Any of the brokers.
    int anyBroker() {
        return brokers.get(world.random().nextInt(brokers.size())).id();
    }

    int brokerCount() {
        return brokers.size();
    }

    void later(long fromMs, long toMs, Runnable task) {
        var _ = shard.schedule(world.between((int) fromMs, (int) toMs), task);
    }

    void now(Runnable task) {
        shard.execute(task);
    }

    /// The answer, or why there is none.
    CompletableFuture<ApiMessage> ask(int brokerId, ApiKeys api, int version, ApiMessage body) {
        CompletableFuture<ApiMessage> answer = new CompletableFuture<>();
        connection(brokerId).send(api, (short) version, body, LIMIT_MS, new PeerConnection.Answer() {
            @Override
            public void onAnswer(ApiMessage received) {
                answer.complete(received);
            }

            @Override
            public void onFailure(IOException cause) {
                answer.completeExceptionally(cause);
            }
        });
        return answer;
    }

    private PeerConnection connection(int brokerId) {
        PeerConnection known = connections.get(brokerId);
        if (known == null || known.isClosed()) {
            String host = brokers.stream().filter(broker -> broker.id() == brokerId).findFirst().orElseThrow().name();
            known = peers.open(new NodeAddress(host, PORT), shard);
            connections.put(brokerId, known);
        }
        return known;
    }

    /// Who leads the partitions of a topic, as any of the brokers sees it; -1 for nobody. Empty where nothing is known,
    /// and where a broker has not heard of a leader epoch yet that this client knows (KIP-320).
    CompletableFuture<Map<Integer, Integer>> leaders(String topic) {
        MetadataRequestData request = new MetadataRequestData().setAllowAutoTopicCreation(false)
                .setTopics(List.of(new MetadataRequestTopic().setName(topic)));
        return ask(anyBroker(), ApiKeys.METADATA, METADATA_VERSION, request).handle((answer, failure) -> {
            Map<Integer, Integer> leaders = new HashMap<>();
            if (failure == null) {
                ((MetadataResponseData) answer).topics()
                        .forEach(found -> found.partitions().forEach(partition -> {
                            int newest = epochs.merge(found.name() + "-" + partition.partitionIndex(),
                                    partition.leaderEpoch(), Math::max);
                            if (newest <= partition.leaderEpoch()) {
                                leaders.put(partition.partitionIndex(), partition.leaderId());
                            }
                        }));
            }
            return leaders;
        });
    }
}
