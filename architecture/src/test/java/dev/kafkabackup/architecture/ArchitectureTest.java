// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.architecture;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaPackage;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.core.importer.Location;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import org.jspecify.annotations.NullMarked;

/**
 * Dependencies point one way, common &lt;- jobs &lt;- command line, and go in no circle. A module may be empty for a
 * while: its rules then hold for nothing.
 */
@AnalyzeClasses(packages = "dev.kafkabackup", importOptions = ArchitectureTest.WithoutTests.class)
class ArchitectureTest {

    /** Also those of the profile "quick", whose classes lie elsewhere. */
    static final class WithoutTests implements ImportOption {

        @Override
        public boolean includes(Location location) {
            return !location.contains("/test-classes/");
        }
    }

    private static final String ROOT = "dev.kafkabackup";
    private static final String BACKUP_JOB = ROOT + ".backup..";
    private static final String MAINTENANCE = ROOT + ".maintenance..";
    private static final String INSPECTION = ROOT + ".inspection..";
    private static final String RESTORE_JOB = ROOT + ".restore..";
    private static final String CLI = ROOT + ".cli..";
    private static final String BROKER = ROOT + ".broker..";
    private static final String TESTING = ROOT + ".testing..";

    /** Everything of ours that no other module claims. */
    private static final DescribedPredicate<JavaClass> COMMON = resideInAPackage(ROOT + "..")
            .and(DescribedPredicate.not(
                    resideInAnyPackage(MAINTENANCE, INSPECTION, BACKUP_JOB, RESTORE_JOB, CLI, BROKER, TESTING)))
            .as("classes of common");

    @ArchTest
    static void everyModuleThatHasClassesIsSeen(JavaClasses all) {
        assertThat(all.that(COMMON)).extracting(JavaClass::getPackageName).contains(ROOT + ".segment");
        assertThat(all.that(resideInAPackage(BACKUP_JOB))).isNotEmpty();
        assertThat(all.that(resideInAPackage(BROKER))).isNotEmpty();
        assertThat(all.that(resideInAPackage(TESTING))).isNotEmpty();
    }

    @ArchTest
    static final ArchRule COMMON_DEPENDS_ON_NO_OTHER_MODULE = noClasses()
            .that(COMMON)
            .should()
            .dependOnClassesThat(
                    resideInAnyPackage(MAINTENANCE, INSPECTION, BACKUP_JOB, RESTORE_JOB, CLI, BROKER, TESTING));

    @ArchTest
    static final ArchRule MAINTENANCE_KNOWS_NO_JOB = noClasses()
            .that()
            .resideInAPackage(MAINTENANCE)
            .should()
            .dependOnClassesThat(resideInAnyPackage(INSPECTION, BACKUP_JOB, RESTORE_JOB, BROKER, TESTING));

    @ArchTest
    static final ArchRule INSPECTION_KNOWS_NO_JOB = noClasses()
            .that()
            .resideInAPackage(INSPECTION)
            .should()
            .dependOnClassesThat(resideInAnyPackage(BACKUP_JOB, RESTORE_JOB, BROKER, TESTING));

    @ArchTest
    static final ArchRule THE_BACKUP_DOES_NOT_KNOW_THE_RESTORE = noClasses()
            .that()
            .resideInAPackage(BACKUP_JOB)
            .should()
            .dependOnClassesThat(resideInAnyPackage(INSPECTION, RESTORE_JOB, BROKER, TESTING))
            .allowEmptyShould(true);

    @ArchTest
    static final ArchRule THE_RESTORE_DOES_NOT_KNOW_THE_BACKUP = noClasses()
            .that()
            .resideInAPackage(RESTORE_JOB)
            .should()
            .dependOnClassesThat(resideInAnyPackage(BACKUP_JOB, MAINTENANCE, INSPECTION, BROKER, TESTING))
            .allowEmptyShould(true);

    @ArchTest
    static final ArchRule NOTHING_DEPENDS_ON_THE_COMMAND_LINE = noClasses()
            .that()
            .resideOutsideOfPackage(CLI)
            .should()
            .dependOnClassesThat()
            .resideInAPackage(CLI);

    @ArchTest
    static final ArchRule FIXTURES_ARE_FOR_TESTS = noClasses()
            .that()
            .resideOutsideOfPackage(TESTING)
            .should()
            .dependOnClassesThat()
            .resideInAPackage(TESTING);

    @ArchTest
    static final ArchRule IN_COMMON_ONLY_STORAGE_CONFIG_AND_FIGURE_KNOW_FLINK = noClasses()
            .that(COMMON.and(DescribedPredicate.not(
                    resideInAnyPackage(ROOT + ".storage..", ROOT + ".config..", ROOT + ".figure.."))))
            .should()
            .dependOnClassesThat()
            .resideInAPackage("org.apache.flink..");

    @ArchTest
    static final ArchRule IN_COMMON_NOTHING_OF_FLINK_BUT_ITS_CORE = noClasses()
            .that(COMMON)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "org.apache.flink.runtime..",
                    "org.apache.flink.streaming..",
                    "org.apache.flink.client..",
                    "org.apache.flink.connector..");

    @ArchTest
    static final ArchRule NO_CYCLES_BETWEEN_PACKAGES =
            slices().matching(ROOT + ".(**)").should().beFreeOfCycles();

    /** A module as a whole, with the packages below its own. */
    @ArchTest
    static final ArchRule NO_CYCLES_BETWEEN_MODULES =
            slices().matching(ROOT + ".(*)..").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule ONE_LOGGER =
            noClasses().should().dependOnClassesThat().resideInAPackage("java.util.logging..");

    @ArchTest
    static final ArchRule NAMES_SAY_WHAT_A_CLASS_IS =
            noClasses().should().haveNameMatching(".*(Utils?|Helper|Manager|Impl)(\\$.*)?");

    @ArchTest
    static final ArchRule EVERY_PACKAGE_SAYS_WHAT_IT_IS_ABOUT_AND_KNOWS_NO_NULL = classes()
            .should(new ArchCondition<>("lie in a @NullMarked package") {
                @Override
                public void check(JavaClass type, ConditionEvents events) {
                    JavaPackage home = type.getPackage();
                    boolean marked = home.tryGetPackageInfo().isPresent() && home.isAnnotatedWith(NullMarked.class);
                    events.add(new SimpleConditionEvent(
                            type, marked, home.getName() + " has no package-info.java with @NullMarked"));
                }
            });
}
