package io.girok.membership;

import io.girok.base.PartitionId;
import io.girok.base.TopicId;
import io.girok.broker.ApiHandler;
import io.girok.broker.ApiOperation;
import io.girok.broker.ApiResource;
import io.girok.broker.ApiRow;
import io.girok.controller.ActiveController;
import io.girok.controller.AllocateProducerIds;
import io.girok.controller.AlterPartitions;
import io.girok.controller.Command;
import io.girok.controller.ConfirmBroker;
import io.girok.controller.FailDirectories;
import io.girok.controller.FenceBroker;
import io.girok.controller.LeaveCluster;
import io.girok.controller.RegisterBroker;
import io.girok.controller.ReportSpace;
import io.girok.controller.Result;
import io.girok.metadata.BrokerImage;
import io.girok.metadata.Endpoint;
import io.girok.metadata.MetadataImage;
import io.girok.metadata.MetadataStore;
import io.girok.metadata.PartitionImage;
import io.girok.wire.Request;
import io.girok.wire.Responder;
import io.girok.wire.TopicUuids;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.AllocateProducerIdsResponseData;
import org.apache.kafka.common.message.AlterPartitionRequestData;
import org.apache.kafka.common.message.AlterPartitionResponseData;
import org.apache.kafka.common.message.BrokerHeartbeatRequestData;
import org.apache.kafka.common.message.BrokerHeartbeatResponseData;
import org.apache.kafka.common.message.BrokerRegistrationRequestData;
import org.apache.kafka.common.message.BrokerRegistrationResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;

/// What brokers ask the active controller: BrokerRegistration, BrokerHeartbeat, AlterPartition, AssignReplicasToDirs
/// and AllocateProducerIds (KIP-631, KIP-497, KIP-858, KIP-730). Thread-safe: what belongs to the sessions' shard is
/// done there.
public final class ControllerApis {
    private final ActiveController controller;
    private final MetadataStore metadata;
    private final BrokerSessions sessions;

    public ControllerApis(ActiveController controller, MetadataStore metadata, BrokerSessions sessions) {
        this.controller = controller;
        this.metadata = metadata;
        this.sessions = sessions;
    }

    public List<ApiRow> rows() {
        return List.of(row(ApiKeys.BROKER_REGISTRATION, this::register), row(ApiKeys.BROKER_HEARTBEAT, this::heartbeat),
                row(ApiKeys.ALTER_PARTITION, this::alterPartitions),
                row(ApiKeys.ASSIGN_REPLICAS_TO_DIRS, new DirectoryAssignments(controller)::handle),
                row(ApiKeys.ALLOCATE_PRODUCER_IDS, this::allocateProducerIds));
    }

    private static ApiRow row(ApiKeys api, ApiHandler handler) {
        return ApiRow.of(api, ApiOperation.CLUSTER_ACTION, ApiResource.CLUSTER, handler);
    }

    private void register(Request request, Responder responder) {
        BrokerRegistrationRequestData body = (BrokerRegistrationRequestData) request.body();
        sessions.shard().run(() -> {
            Errors refusal = refusal(body);
            if (refusal != Errors.NONE) {
                responder.respond(new BrokerRegistrationResponseData().setErrorCode(refusal.code()));
                return;
            }
            var _ = controller.submit(command(body)).handle((result, failure) -> {
                sessions.shard().run(() -> {
                    Errors error = ControllerErrors.of(result, failure);
                    long epoch = error == Errors.NONE ? result.get() : -1;
                    if (error == Errors.NONE) {
                        sessions.registered(body.brokerId(), epoch);
                    }
                    responder.respond(
                            new BrokerRegistrationResponseData().setErrorCode(error.code()).setBrokerEpoch(epoch));
                });
                return true;
            });
        });
    }

    private Errors refusal(BrokerRegistrationRequestData body) {
        MetadataImage image = metadata.image();
        BrokerImage known = image.broker(body.brokerId());
        if (!sessions.isLeading()) {
            return Errors.NOT_CONTROLLER;
        }
        boolean isOther = known != null && !known.isFenced()
                && !known.incarnation().equals(TopicUuids.of(body.incarnationId()));
        return isOther && sessions.isAlive(body.brokerId()) ? Errors.DUPLICATE_BROKER_REGISTRATION : Errors.NONE;
    }

    private static RegisterBroker command(BrokerRegistrationRequestData body) {
        List<Endpoint> endpoints = body.listeners()
                .stream()
                .map(listener -> new Endpoint(listener.name(), listener.host(), listener.port()))
                .toList();
        return new RegisterBroker(body.clusterId(), body.brokerId(), TopicUuids.of(body.incarnationId()), endpoints,
                body.rack(), body.logDirs().stream().map(TopicUuids::of).toList(), 0 <= body.previousBrokerEpoch(),
                RegistrationFeatures.of(body.features()));
    }

    private void heartbeat(Request request, Responder responder) {
        BrokerHeartbeatRequestData body = (BrokerHeartbeatRequestData) request.body();
        sessions.shard().run(() -> {
            BrokerImage broker = metadata.image().broker(body.brokerId());
            if (!sessions.isLeading()) {
                refuse(responder, Errors.NOT_CONTROLLER);
            } else if (broker == null || broker.epoch() != body.brokerEpoch()) {
                confirm(body, responder);
            } else {
                sessions.heard(broker, request.connection(), body.currentMetadataOffset() + 1);
                takeDirectories(body, broker, responder);
            }
        });
    }

    private void answer(BrokerHeartbeatRequestData body, BrokerImage broker, Responder responder) {
        if (body.wantShutDown()) {
            leave(body, broker, responder);
        } else if (broker.isFenced() && isCaughtUp(body) && !body.wantFence()) {
            fence(broker, false, responder, new BrokerHeartbeatResponseData().setIsCaughtUp(true));
        } else {
            confirm(body, responder);
        }
    }

    /// What the broker says of its log directories comes before all else: those that have failed, and those without
    /// room, which Kafka's protocol calls cordoned (KIP-1066).
    private void takeDirectories(BrokerHeartbeatRequestData body, BrokerImage broker, Responder responder) {
        List<TopicId> failed = body.offlineLogDirs().stream().map(TopicUuids::of).toList();
        List<Uuid> cordoned = body.cordonedLogDirs();
        List<TopicId> scarce = cordoned == null
                ? broker.scarceDirectories()
                : broker.directories().stream().filter(id -> cordoned.contains(TopicUuids.of(id))).toList();
        if (broker.directories().stream().anyMatch(failed::contains)) {
            decide(new FailDirectories(broker.id(), broker.epoch(), failed), responder,
                    done -> answer(body, broker, responder));
        } else if (!scarce.equals(broker.scarceDirectories())) {
            decide(new ReportSpace(broker.id(), broker.epoch(), scarce), responder,
                    done -> answer(body, broker, responder));
        } else {
            answer(body, broker, responder);
        }
    }

    /// Has the controller decide; a heartbeat whose decision fails is refused.
    private <A> void decide(Command<Result<A>> command, Responder responder, Consumer<A> whenDone) {
        var _ = controller.submit(command).handle((result, failure) -> {
            Errors error = ControllerErrors.of(result, failure);
            if (error == Errors.NONE) {
                whenDone.accept(result.get());
            } else {
                refuse(responder, error);
            }
            return true;
        });
    }

    private static boolean isCaughtUp(BrokerHeartbeatRequestData body) {
        return body.brokerEpoch() <= body.currentMetadataOffset();
    }

    /// A broker goes on leading on the strength of the answer: no deposed controller may give it.
    private void confirm(BrokerHeartbeatRequestData body, Responder responder) {
        decide(new ConfirmBroker(body.brokerId(), body.brokerEpoch()), responder,
                isFenced -> responder.respond(
                        new BrokerHeartbeatResponseData().setIsCaughtUp(isCaughtUp(body)).setIsFenced(isFenced)));
    }

    private static void refuse(Responder responder, Errors error) {
        responder.respond(new BrokerHeartbeatResponseData().setErrorCode(error.code()).setIsFenced(true));
    }

    private void fence(BrokerImage broker, boolean isFenced, Responder responder, BrokerHeartbeatResponseData answer) {
        decide(new FenceBroker(broker.id(), broker.epoch(), isFenced), responder,
                done -> responder.respond(answer.setIsFenced(isFenced)));
    }

    /// Lets the broker stop once nobody else could lead what it still leads; fenced from then on, it holds up nobody.
    /// A broker asks again and again, and a look at all partitions takes long: where nothing has changed since it was
    /// told to wait, it is told so again.
    private void leave(BrokerHeartbeatRequestData body, BrokerImage broker, Responder responder) {
        sessions.shard().run(() -> {
            if (broker.isLeaving() && sessions.isNeeded(broker, metadata.image().endOffset())) {
                confirm(body, responder);
            } else {
                leave(broker, responder);
            }
        });
    }

    private void leave(BrokerImage broker, Responder responder) {
        decide(new LeaveCluster(broker.id(), broker.epoch()), responder, led -> {
            MetadataImage image = metadata.image();
            if (isNeeded(image, broker.id(), led)) {
                sessions.shard().run(() -> sessions.needed(broker, image.endOffset()));
                responder.respond(
                        new BrokerHeartbeatResponseData().setIsCaughtUp(true).setIsFenced(broker.isFenced()));
            } else {
                fence(broker, true, responder,
                        new BrokerHeartbeatResponseData().setIsCaughtUp(true).setShouldShutDown(true));
            }
        });
    }

    /// Whether somebody else could lead, once in sync, what the broker leads.
    ///
    /// @param led how many partitions it leads: after so many there are no others to look for
    private static boolean isNeeded(MetadataImage image, int brokerId, int led) {
        return image.topics()
                .stream()
                .flatMap(topic -> topic.partitions().stream())
                .filter(partition -> partition.leader() == brokerId)
                .limit(led)
                .anyMatch(partition -> partition.replicas().stream().anyMatch(id -> {
                    BrokerImage other = image.broker(id);
                    return id != brokerId && other != null && other.canLead()
                            && other.hasDirectory(partition.directoryOf(id));
                }));
    }

    private void alterPartitions(Request request, Responder responder) {
        AlterPartitionRequestData body = (AlterPartitionRequestData) request.body();
        List<AlterPartitions.Proposal> proposals = new ArrayList<>();
        for (AlterPartitionRequestData.TopicData topic : body.topics()) {
            for (AlterPartitionRequestData.PartitionData partition : topic.partitions()) {
                proposals.add(new AlterPartitions.Proposal(TopicUuids.of(topic.topicId()), partition.partitionIndex(),
                        partition.leaderEpoch(), partition.partitionEpoch(), members(partition)));
            }
        }
        AlterPartitions command = new AlterPartitions(body.brokerId(), body.brokerEpoch(), proposals);
        var _ = controller.submit(command).handle((results, failure) -> {
            Errors error = ControllerErrors.of(results, failure);
            responder.respond(error == Errors.NONE
                    ? new AlterPartitionResponseData().setTopics(altered(proposals, results.get()))
                    : new AlterPartitionResponseData().setErrorCode(error.code()));
            return true;
        });
    }

    private static List<AlterPartitions.Member> members(AlterPartitionRequestData.PartitionData partition) {
        return partition.newIsrWithEpochs()
                .stream()
                .map(member -> new AlterPartitions.Member(member.brokerId(), member.brokerEpoch()))
                .toList();
    }

    private static List<AlterPartitionResponseData.TopicData> altered(List<AlterPartitions.Proposal> proposals,
            List<Result<PartitionImage>> results) {
        Map<TopicId, AlterPartitionResponseData.TopicData> topics = new LinkedHashMap<>();
        for (int i = 0; i < proposals.size(); i++) {
            PartitionId id = new PartitionId(proposals.get(i).topic(), proposals.get(i).index());
            AlterPartitionResponseData.PartitionData data = new AlterPartitionResponseData.PartitionData()
                    .setPartitionIndex(id.index());
            Result<PartitionImage> result = results.get(i);
            if (result.isOk()) {
                PartitionImage partition = result.get();
                data.setLeaderId(partition.leader())
                        .setLeaderEpoch(partition.leaderEpoch())
                        .setPartitionEpoch(partition.partitionEpoch())
                        .setIsr(partition.isr());
            } else {
                data.setErrorCode(ControllerErrors.of(result).code());
            }
            topics.computeIfAbsent(id.topic(), topic -> new AlterPartitionResponseData.TopicData()
                    .setTopicId(TopicUuids.of(topic))).partitions().add(data);
        }
        return List.copyOf(topics.values());
    }

    private void allocateProducerIds(Request request, Responder responder) {
        var _ = controller.submit(new AllocateProducerIds()).handle((result, failure) -> {
            Errors error = ControllerErrors.of(result, failure);
            AllocateProducerIdsResponseData answer = new AllocateProducerIdsResponseData().setErrorCode(error.code());
            responder.respond(error == Errors.NONE
                    ? answer.setProducerIdStart(result.get().firstId()).setProducerIdLen(result.get().count())
                    : answer);
            return true;
        });
    }
}
