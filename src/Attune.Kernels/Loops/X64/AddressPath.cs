namespace Attune.Kernels.Loops.X64;

/// <summary>
/// An address in a register: that of a buffer, plus the terms of an offset whose variables are bound so far. Addresses form a tree, each a step further than
/// the one that it was made from.
/// </summary>
/// <param name="register">The register that holds it.</param>
internal sealed class AddressPath(int register)
{
    private readonly Dictionary<(LoopVariable Variable, long Factor), AddressPath> steps = [];

    public int Register => register;

    /// <summary>The address with one more term; null when nobody made it.</summary>
    public AddressPath? Step(LoopVariable variable, long factor) => steps.GetValueOrDefault((variable, factor));

    public void Add(LoopVariable variable, long factor, AddressPath path) => steps.Add((variable, factor), path);

    public void Remove(LoopVariable variable, long factor) => steps.Remove((variable, factor));
}
