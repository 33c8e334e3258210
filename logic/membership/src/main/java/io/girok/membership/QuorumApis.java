package io.girok.membership;

import io.girok.broker.ApiHandler;
import io.girok.broker.ApiOperation;
import io.girok.broker.ApiResource;
import io.girok.broker.ApiRow;
import io.girok.metadata.MetadataLog;
import io.girok.metadata.MetadataStore;
import io.girok.metadata.QuorumStatus;
import io.girok.metadata.QuorumStatus.VoterStatus;
import io.girok.metadata.Voter;
import io.girok.metadata.VoterChange;
import io.girok.metadata.VoterSet;
import io.girok.wire.NodeAddress;
import io.girok.wire.Request;
import io.girok.wire.Responder;
import java.util.List;
import java.util.Optional;
import java.util.function.IntFunction;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.AddRaftVoterRequestData;
import org.apache.kafka.common.message.AddRaftVoterResponseData;
import org.apache.kafka.common.message.RemoveRaftVoterRequestData;
import org.apache.kafka.common.message.RemoveRaftVoterResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/// DescribeQuorum, AddRaftVoter and RemoveRaftVoter (KIP-595, KIP-853) for the metadata log. Thread-safe.
///
/// A directory's id is not kept with a voter: it is that of the first log directory of the broker of the same id. A
/// zero id, which no directory has, leaves it unchecked.
public final class QuorumApis {
    private static final long RETRY_MS = 100;
    private static final int MAX_ATTEMPTS = 100;
    private static final long ANSWER_LIMIT_MS = 30_000;

    private final MetadataLog log;
    private final MetadataStore metadata;
    private final ControllerChannel channel;
    private final IntFunction<VoterStatus> observers;

    /// @param channel for nothing else: what is asked through it may take long
    /// @param observers what is known of a broker that does not vote; asked on the channel's shard
    public QuorumApis(MetadataLog log, MetadataStore metadata, ControllerChannel channel,
            IntFunction<VoterStatus> observers) {
        this.log = log;
        this.metadata = metadata;
        this.channel = channel;
        this.observers = observers;
    }

    /// How a request ends.
    private record End(Errors error, @Nullable String message) {
        static final End DONE = new End(Errors.NONE, null);
    }

    /// A request for other voters, on its way.
    private record Wish(Request request, Responder responder, int attempt) {
        Wish again() {
            return new Wish(request, responder, attempt + 1);
        }

        void end(End end) {
            ApiMessage answer = request.api() == ApiKeys.ADD_RAFT_VOTER
                    ? new AddRaftVoterResponseData().setErrorCode(end.error.code()).setErrorMessage(end.message)
                    : new RemoveRaftVoterResponseData().setErrorCode(end.error.code()).setErrorMessage(end.message);
            responder.respond(answer);
        }
    }

    public List<ApiRow> rows() {
        DescribeQuorumHandler describing = new DescribeQuorumHandler(log, metadata, observers);
        return List.of(
                row(ApiKeys.DESCRIBE_QUORUM, ApiOperation.DESCRIBE,
                        (request, responder) -> channel.shard().run(() -> describing.handle(request, responder))),
                row(ApiKeys.ADD_RAFT_VOTER, ApiOperation.ALTER, this::change),
                row(ApiKeys.REMOVE_RAFT_VOTER, ApiOperation.ALTER, this::change));
    }

    private static ApiRow row(ApiKeys api, ApiOperation operation, ApiHandler handler) {
        return ApiRow.of(api, operation, ApiResource.CLUSTER, handler);
    }

    private void change(Request request, Responder responder) {
        change(new Wish(request, responder, 1));
    }

    private void change(Wish wish) {
        QuorumStatus status = log.status();
        VoterSet present = status.voterSet();
        if (status.leadership().isLeader()) {
            Optional<End> refusal = refusal(wish.request.body(), present);
            if (refusal.isPresent()) {
                wish.end(refusal.get());
                return;
            }
        }
        var _ = log.changeVoters(present, target(wish.request.body(), present)).handle((change, failure) -> {
            ended(wish, failure == null ? change : new VoterChange.Unknown(String.valueOf(failure)));
            return true;
        });
    }

    private void ended(Wish wish, VoterChange change) {
        switch (change) {
            case VoterChange.Changed _ -> wish.end(End.DONE);
            case VoterChange.Unknown(String detail) -> wish.end(new End(Errors.REQUEST_TIMED_OUT,
                    detail + "; look at the quorum's state before anything else"));
            case VoterChange.Refused(VoterChange.Reason reason, String detail) -> {
                switch (reason) {
                    case NOT_LEADER -> elsewhere(wish, detail);
                    case OTHER_VOTERS, IN_PROGRESS -> later(wish, detail, this::change);
                    case UNREACHABLE -> wish.end(new End(Errors.REQUEST_TIMED_OUT, detail));
                    case INVALID -> wish.end(new End(Errors.INVALID_REQUEST, detail));
                    case UNSUPPORTED -> wish.end(new End(Errors.UNSUPPORTED_VERSION, detail));
                }
            }
        }
    }

    /// Whoever has forwarded the request asks the next leader by itself, and must be the only one who does; a client
    /// that has come to this very node has nobody else to do it.
    private void elsewhere(Wish wish, String detail) {
        if (wish.request.connection() instanceof ForwardedConnection || wish.request.connection().isOurOwn()) {
            wish.end(new End(Errors.NOT_CONTROLLER, detail));
        } else {
            later(wish, detail, this::askLeader);
        }
    }

    /// What a wish is done with next.
    private interface NextStep {
        void take(Wish wish);
    }

    private void later(Wish wish, String why, NextStep step) {
        if (wish.attempt == MAX_ATTEMPTS) {
            wish.end(new End(Errors.REQUEST_TIMED_OUT, why));
            return;
        }
        var _ = channel.shard().schedule(RETRY_MS, () -> step.take(wish.again()));
    }

    /// Whoever leads by now answers; it may be this node again.
    private void askLeader(Wish wish) {
        Request request = wish.request;
        var _ = channel.ask(request.api(), request.version(), request.body(), ANSWER_LIMIT_MS)
                .handle((answer, failure) -> {
                    if (failure == null && errorOf(answer) != Errors.NOT_CONTROLLER) {
                        wish.responder.respond(answer);
                    } else {
                        later(wish, "no active controller was found: " + failure, this::askLeader);
                    }
                    return true;
                });
    }

    private static Errors errorOf(ApiMessage answer) {
        return Errors.forCode(switch (answer) {
            case AddRaftVoterResponseData added -> added.errorCode();
            case RemoveRaftVoterResponseData removed -> removed.errorCode();
            default -> throw new IllegalArgumentException("no answer to a request for other voters: " + answer);
        });
    }

    private Optional<End> refusal(ApiMessage body, VoterSet present) {
        return switch (body) {
            case AddRaftVoterRequestData add -> refusal(add, present);
            case RemoveRaftVoterRequestData remove -> refusal(remove, present);
            default -> throw new IllegalArgumentException("no request for other voters: " + body);
        };
    }

    private Optional<End> refusal(AddRaftVoterRequestData body, VoterSet present) {
        if (isOtherCluster(body.clusterId())) {
            return otherCluster(body.clusterId());
        }
        if (present.contains(body.voterId())) {
            return end(Errors.DUPLICATE_VOTER, "node " + body.voterId()
                    + " is a voter; one whose disk was lost has to be removed first");
        }
        if (body.voterId() < 0) {
            return end(Errors.INVALID_REQUEST, "a voter has an id from 0 up");
        }
        if (voter(body) == null) {
            return end(Errors.INVALID_REQUEST, "where node " + body.voterId()
                    + " is, is not said, and it is not registered as a broker that nodes reach");
        }
        return isOtherDirectory(body.voterId(), body.voterDirectoryId())
                ? end(Errors.INVALID_REQUEST, "the first log directory of node " + body.voterId() + " has the id "
                        + QuorumDirectories.of(metadata.image(), body.voterId()) + ", not " + body.voterDirectoryId())
                : Optional.empty();
    }

    private Optional<End> refusal(RemoveRaftVoterRequestData body, VoterSet present) {
        if (isOtherCluster(body.clusterId())) {
            return otherCluster(body.clusterId());
        }
        if (!present.contains(body.voterId()) || isOtherDirectory(body.voterId(), body.voterDirectoryId())) {
            return end(Errors.VOTER_NOT_FOUND, "the voters are " + present.ids() + ", without node " + body.voterId()
                    + " with directory " + body.voterDirectoryId());
        }
        return present.size() == 1
                ? end(Errors.INVALID_REQUEST, "node " + body.voterId() + " is the only voter")
                : Optional.empty();
    }

    private static Optional<End> end(Errors error, String message) {
        return Optional.of(new End(error, message));
    }

    private boolean isOtherCluster(@Nullable String clusterId) {
        return clusterId != null && !clusterId.equals(metadata.image().clusterId());
    }

    private Optional<End> otherCluster(@Nullable String clusterId) {
        return end(Errors.INCONSISTENT_CLUSTER_ID,
                "this is the cluster '" + metadata.image().clusterId() + "', not '" + clusterId + "'");
    }

    private boolean isOtherDirectory(int voterId, Uuid directoryId) {
        Uuid known = QuorumDirectories.of(metadata.image(), voterId);
        return !directoryId.equals(Uuid.ZERO_UUID) && !known.equals(Uuid.ZERO_UUID) && !directoryId.equals(known);
    }

    private VoterSet target(ApiMessage body, VoterSet present) {
        return switch (body) {
            case AddRaftVoterRequestData add -> {
                Voter added = voter(add);
                yield added == null ? present : present.with(added);
            }
            case RemoveRaftVoterRequestData remove -> present.without(remove.voterId());
            default -> throw new IllegalArgumentException("no request for other voters: " + body);
        };
    }

    /// Without a listener in the request, it is reached where nodes reach it as a broker, which clients don't know;
    /// null when it is none.
    private @Nullable Voter voter(AddRaftVoterRequestData body) {
        if (body.listeners().isEmpty()) {
            NodeAddress known = channel.addressOf(body.voterId());
            return known == null ? null : new Voter(body.voterId(), known.host(), known.port());
        }
        AddRaftVoterRequestData.Listener listener = body.listeners().iterator().next();
        return new Voter(body.voterId(), listener.host(), listener.port());
    }
}
