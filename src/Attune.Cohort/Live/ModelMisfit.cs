using Attune.Cohort.Control;

namespace Attune.Cohort.Live;

/// <summary>Why a model cannot run with the profile of its member.</summary>
/// <param name="Member">Position of the member.</param>
/// <param name="LacksForms">True when the model is without the low-rank forms that the profile was made with: another file is needed, no other profile.</param>
/// <param name="Message">The reason, in one sentence.</param>
public sealed record ModelMisfit(int Member, bool LacksForms, string Message)
{
    /// <summary>Compares a model with a profile.</summary>
    /// <param name="member">Position of the member.</param>
    /// <param name="setup">The member.</param>
    /// <param name="variants">Variants that the model has, the exact one included.</param>
    /// <param name="hasSteps">True when the model's steps can be cut where the profile's stages end.</param>
    /// <returns>Null when they fit.</returns>
    internal static ModelMisfit? Of(int member, MemberSetup setup, int variants, bool hasSteps)
    {
        int profiled = setup.Profile.Variants.Length;
        if (profiled > variants)
        {
            string has = variants == 1 ? "has none" : $"has {variants - 1}";
            string wanted = profiled == 2 ? "one low-rank form" : $"{profiled - 1} low-rank forms";
            return new ModelMisfit(
                member,
                LacksForms: true,
                $"The profile of '{setup.Name}' was made with {wanted} of its layers, and the plan's model {has}: the plan must name the model that "
                + "attune cohort profile wrote.");
        }

        string file = setup.Profile.Model is { } told ? $", {told}" : string.Empty;
        return hasSteps ? null : new ModelMisfit(
            member,
            LacksForms: false,
            $"The model of '{setup.Name}' has other steps than the one that was profiled{file}: name that one, or profile this one with this version.");
    }
}
