namespace Attune.Runtime.Plan;

/// <summary>One step of the execution plan.</summary>
/// <param name="Name">Name for people.</param>
/// <param name="Kind">What it does.</param>
/// <param name="Plan">The node's plan; null for conversions.</param>
/// <param name="Inputs">Where it reads.</param>
/// <param name="Outputs">Where it writes.</param>
internal sealed record PlannedStep(string Name, StepKind Kind, NodePlan? Plan, IReadOnlyList<Storage> Inputs, IReadOnlyList<Storage> Outputs)
{
    /// <summary>How a conversion copies; null for other steps.</summary>
    public Conversion? Conversion { get; init; }
}
