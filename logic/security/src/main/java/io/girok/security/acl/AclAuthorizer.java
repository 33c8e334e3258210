package io.girok.security.acl;

import io.girok.metadata.acl.AclOperation;
import io.girok.metadata.acl.AclResource;
import io.girok.metadata.acl.Acls;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Authorizes by the ACLs that are in force when it is asked. Thread-safe.
///
/// Decisions are remembered for each caller, and forgotten, all of them, as soon as the ACLs are other ones. Strangers
/// choose names, so that what is remembered is bounded in number and in size.
public final class AclAuthorizer implements Authorizer {
    static final int MAX_CALLERS = 500;
    static final int MAX_DECISIONS_PER_CALLER = 2_000;
    /// Of all callers together; with the longest names they take about 50 MB.
    static final int MAX_DECISIONS = 75_000;
    /// A longer name is decided upon each time it comes.
    static final int MAX_REMEMBERED_CHARACTERS = 249;

    /// A question that a caller has asked.
    ///
    /// @param name null for "some resource"
    private record Question(AclOperation operation, AclResource resource, @Nullable String name) {}

    /// What is known of one caller.
    private record Known(AclDecision decision, Map<Question, Boolean> answers) {}

    /// Decisions that hold as long as `basis` does.
    ///
    /// @param count of the answers to all callers; never less than are there
    private record Memory(Acls basis, Map<Caller, Known> callers, AtomicInteger count) {
        static Memory of(Acls basis) {
            return new Memory(basis, new ConcurrentHashMap<>(), new AtomicInteger());
        }

        void forget(Caller caller, Known known) {
            // Who still answers from it adds to the count what is not there any more: it is too high then, not too low.
            if (callers.remove(caller, known)) {
                count.addAndGet(-known.answers().size());
            }
        }
    }

    private final Supplier<Acls> acls;
    private final AclRules rules;
    private volatile Memory memory = Memory.of(Acls.NONE);

    /// @param acls those in force
    public AclAuthorizer(Supplier<Acls> acls, AclRules rules) {
        this.acls = acls;
        this.rules = rules;
    }

    @Override
    public boolean isAllowed(Caller caller, AclOperation operation, AclResource resource, String name) {
        if (rules.superUsers().contains(caller.principal())) {
            return true;
        }
        return name.length() <= MAX_REMEMBERED_CHARACTERS
                ? answer(caller, new Question(operation, resource, name))
                : known(memory(), caller).decision().isAllowed(operation, resource, name);
    }

    @Override
    public boolean isAllowedOnSome(Caller caller, AclOperation operation, AclResource resource) {
        return rules.superUsers().contains(caller.principal())
                || answer(caller, new Question(operation, resource, null));
    }

    private boolean answer(Caller caller, Question question) {
        Memory present = memory();
        Known known = known(present, caller);
        Boolean remembered = known.answers().get(question);
        if (remembered != null) {
            return remembered;
        }
        String name = question.name();
        boolean isAllowed = name == null
                ? known.decision().isAllowedOnSome(question.operation(), question.resource())
                : known.decision().isAllowed(question.operation(), question.resource(), name);
        remember(present, caller, known, question, isAllowed);
        return isAllowed;
    }

    private void remember(Memory present, Caller caller, Known known, Question question, boolean isAllowed) {
        present.count().incrementAndGet();
        if (known.answers().putIfAbsent(question, isAllowed) != null) {
            present.count().decrementAndGet();
        } else if (MAX_DECISIONS <= present.count().get()) {
            memory = Memory.of(present.basis());
        } else if (MAX_DECISIONS_PER_CALLER <= known.answers().size()) {
            present.forget(caller, known);
        }
    }

    /// How many answers are there.
    int rememberedCount() {
        return memory.callers().values().stream().mapToInt(known -> known.answers().size()).sum();
    }

    private Known known(Memory present, Caller caller) {
        Known known = present.callers().get(caller);
        if (known != null) {
            return known;
        }
        Known fresh = new Known(new AclDecision(present.basis(), rules, caller), new ConcurrentHashMap<>());
        if (MAX_CALLERS <= present.callers().size()) {
            present.callers().forEach(present::forget);
        }
        present.callers().put(caller, fresh);
        return fresh;
    }

    // That they are the same ones is enough, and takes no time.
    @SuppressWarnings("ReferenceEquality")
    private Memory memory() {
        Acls present = acls.get();
        Memory known = memory;
        if (known.basis() != present) {
            known = Memory.of(present);
            memory = known;
        }
        return known;
    }
}
