namespace Attune.Fixtures;

/// <summary>A test with cases that is reported as skipped, with the reason, on machines that lack something.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class NeedingTheoryAttribute : TheoryAttribute
{
    /// <summary>Needs some things.</summary>
    public NeedingTheoryAttribute(params Need[] needs) => Skip = Needs.WhyNot(needs);
}
