package io.girok.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.girok.metadata.setting.InvalidSetting;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PrincipalMappingTest {
    private static final String ALICE = "CN=Alice,OU=People,O=Girok";

    @Test
    void withoutRulesTheNameStaysAsItIs() {
        assertThat(PrincipalMapping.parse("").apply(ALICE)).contains(ALICE);
        assertThat(PrincipalMapping.parse("DEFAULT").apply(ALICE)).contains(ALICE);
    }

    @Test
    void aRuleTakesAPartOfTheName() {
        assertThat(PrincipalMapping.parse("RULE:^CN=(.*?),OU=People.*$/$1/").apply(ALICE)).contains("Alice");
        assertThat(PrincipalMapping.parse("RULE:^CN=(.*?),.*$/$1/L").apply(ALICE)).contains("alice");
        assertThat(PrincipalMapping.parse("RULE:^CN=(.*?),.*$/$1/U").apply(ALICE)).contains("ALICE");
        assertThat(PrincipalMapping.parse("RULE:^CN=(.*?),OU=(.*?),.*$/$1@$2/").apply(ALICE)).contains("Alice@People");
    }

    @Test
    void theFirstRuleThatFitsCounts() {
        PrincipalMapping mapping = PrincipalMapping
                .parse("RULE:^CN=(.*?),OU=Machines.*$/machine-$1/, RULE:^CN=(.*?),.*$/$1/L, DEFAULT");

        assertThat(mapping.apply(ALICE)).contains("alice");
        assertThat(mapping.apply("CN=db7,OU=Machines")).contains("machine-db7");
        assertThat(mapping.apply("O=nobody")).contains("O=nobody");
    }

    @Test
    void commasDollarsAndSlashesInNamesAndPatternsAreThemselves() {
        assertThat(PrincipalMapping.parse("RULE:^CN=([^,]+),O=(.+)$/$1 of $2/,DEFAULT").apply("CN=a$1\\b,O=x$y"))
                .contains("a$1\\b of x$y");
        assertThat(PrincipalMapping.parse("RULE:^CN=kafka\\/(.*?)\\.example$/$1/").apply("CN=kafka/one.example"))
                .contains("one");
        assertThat(PrincipalMapping.parse("RULE:^.*\\+UID=(\\w+)$/$1/").apply("CN=Ünïcode 名前+UID=x9")).contains("x9");
    }

    @Test
    void whomNoRuleFitsIsNobody() {
        assertThat(PrincipalMapping.parse("RULE:^CN=(.*?),OU=Machines.*$/$1/").apply(ALICE)).isEmpty();
        assertThat(PrincipalMapping.parse("RULE:^CN=(.*)$/$1/").apply("CN=two\nlines")).isEmpty();
    }

    @Test
    void aRuleThatLeavesNoNameDoesNotApply() {
        assertThat(PrincipalMapping.parse("RULE:^CN=(X?).*$/$1/").apply(ALICE)).isEmpty();
        assertThat(PrincipalMapping.parse("RULE:^CN=(X?).*$/$1/,DEFAULT").apply(ALICE)).contains(ALICE);
    }

    /// Another name is another user.
    @Test
    void blanksInANameStay() {
        assertThat(PrincipalMapping.parse("RULE:^CN=(.*?),.*$/$1/").apply("CN=admin\u2003,O=x"))
                .contains("admin\u2003");
    }

    @Test
    void aNameThatIsTooLongIsNotHeldAgainstPatterns() {
        String name = "CN=" + "a".repeat(5_000);

        assertThat(PrincipalMapping.parse("RULE:^CN=(.*)$/$1/,DEFAULT").apply(name)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"RULE:", "RULE:a", "RULE:a/", "RULE:(/x/", "RULE:a/$1/", "NONE", "RULE:a/b/X",
        "DEFAULT DEFAULT", "RULE:a/b/LL", "RULE:(a)/$99999999999/"})
    void whatIsNoListOfRulesIsRefused(String text) {
        assertThatThrownBy(() -> PrincipalMapping.parse(text)).isInstanceOf(InvalidSetting.class)
                .hasMessageContaining("ssl.principal.mapping.rules");
    }
}
