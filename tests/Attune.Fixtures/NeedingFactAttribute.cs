namespace Attune.Fixtures;

/// <summary>A test that is reported as skipped, with the reason, on machines that lack something.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class NeedingFactAttribute : FactAttribute
{
    /// <summary>Needs some things.</summary>
    public NeedingFactAttribute(params Need[] needs) => Skip = Needs.WhyNot(needs);
}
