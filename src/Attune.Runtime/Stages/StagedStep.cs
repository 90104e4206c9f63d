namespace Attune.Runtime.Stages;

/// <summary>One step of staged execution.</summary>
/// <param name="Report">The step, for people.</param>
/// <param name="Layer">Position in <see cref="CompiledModel.LayersWithForms"/>; -1 when the step runs whatever is chosen.</param>
/// <param name="Form">Which form of that layer it belongs to; 0 for the exact one.</param>
public sealed record StagedStep(StepReport Report, int Layer, int Form);
