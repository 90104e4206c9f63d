using Attune.Cohort.Control;
using Attune.Cohort.Live;

namespace Attune.Cohort.Tests.Live;

public sealed class ModelMisfitTests
{
    // The profile of these setups has the exact variant and one low-rank form.
    private readonly MemberSetup member = LiveSetups.Of(50).Members[0];

    [Fact]
    public void The_plain_model_of_a_profile_with_forms_is_told_from_an_old_profile()
    {
        // Without the forms it has other steps too: what is missing is the right model, not a new profile.
        ModelMisfit misfit = ModelMisfit.Of(0, member, variants: 1, hasSteps: false).ShouldNotBeNull();
        misfit.LacksForms.ShouldBeTrue();
        misfit.Message.ShouldContain("'m0'");
        misfit.Message.ShouldContain("the model that attune cohort profile wrote");
        misfit.Message.ShouldNotContain("profile this one");
    }

    [Fact]
    public void Another_model_names_the_one_that_was_profiled()
    {
        ModelMisfit misfit = ModelMisfit.Of(
            3, member with { Profile = member.Profile with { Model = "net.cohort.attune" } }, variants: 2, hasSteps: false).ShouldNotBeNull();
        (misfit.Member, misfit.LacksForms).ShouldBe((3, false));
        misfit.Message.ShouldContain("net.cohort.attune");
        ModelMisfit.Of(3, member, variants: 2, hasSteps: false).ShouldNotBeNull().Message.ShouldContain("with this version");
    }

    [Fact]
    public void A_model_with_all_forms_and_steps_fits() => ModelMisfit.Of(0, member, variants: 2, hasSteps: true).ShouldBeNull();
}
