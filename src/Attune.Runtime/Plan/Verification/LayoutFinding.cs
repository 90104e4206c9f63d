namespace Attune.Runtime.Plan.Verification;

/// <summary>One disagreement between a step and the memory it uses.</summary>
/// <param name="Fault">What is wrong.</param>
/// <param name="Value">Value that is read or written.</param>
/// <param name="Step">Step that reads or writes it.</param>
/// <param name="Layout">How that step sees the memory.</param>
/// <param name="Producer">Step that wrote the cell last, or the value last; null when none did.</param>
/// <param name="ProducerLayout">How that step saw the memory.</param>
/// <param name="Detail">The cell and the elements, for people.</param>
internal sealed record LayoutFinding(LayoutFault Fault, string Value, string Step, string Layout, string? Producer, string? ProducerLayout, string Detail)
{
    public override string ToString() =>
        $"{Fault}: step '{Step}' takes '{Value}' for {Layout}; "
        + $"{(Producer is null ? "no step wrote it" : $"step '{Producer}' wrote it as {ProducerLayout}")}: {Detail}";
}
