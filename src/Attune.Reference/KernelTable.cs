using Attune.Kernels;

namespace Attune.Reference;

/// <summary>A reference kernel: inputs to outputs, in the operator's order.</summary>
internal delegate Tensor[] Kernel(KernelCall call);

/// <summary>
/// The conditions under which a kernel takes a node. Throws what running the node would fail with, as far as the facts tell; a kernel itself refuses
/// only what its inputs' values show.
/// </summary>
/// <exception cref="UnsupportedOperatorException">The kernel lacks this combination of types and attributes.</exception>
/// <exception cref="InvalidNodeException">The node contradicts the operator's definition.</exception>
internal delegate void Guard(NodeFacts node);

/// <summary>The registration table that every operator family adds its kernels to.</summary>
internal sealed class KernelTable
{
    private readonly Dictionary<string, Entry> entries = new(StringComparer.Ordinal);

    /// <summary>Adds a kernel that computes: 16-bit floats reach it as 32-bit ones and its 32-bit results are rounded back.</summary>
    public void Add(string @operator, Guard guard, Kernel kernel, Func<NodeFacts, int> outputs) =>
        entries.Add(@operator, new Entry(kernel, guard, outputs, Widens: true));

    /// <summary>Adds a kernel with a fixed number of results that computes.</summary>
    public void Add(string @operator, Guard guard, Kernel kernel, int outputs) => Add(@operator, guard, kernel, _ => outputs);

    /// <summary>Adds a kernel with one result that computes.</summary>
    public void Add(string @operator, Guard guard, Func<KernelCall, Tensor> kernel) => Add(@operator, guard, call => [kernel(call)], 1);

    /// <summary>Adds a kernel that only moves or converts elements and therefore takes every element type as it is.</summary>
    public void AddExact(string @operator, Guard guard, Kernel kernel, Func<NodeFacts, int> outputs) =>
        entries.Add(@operator, new Entry(kernel, guard, outputs, Widens: false));

    /// <summary>Adds a kernel with one result that only moves or converts elements.</summary>
    public void AddExact(string @operator, Guard guard, Func<KernelCall, Tensor> kernel) => AddExact(@operator, guard, call => [kernel(call)], static _ => 1);

    /// <summary>The kernel of an operator, or null.</summary>
    public Entry? Find(string @operator) => entries.GetValueOrDefault(@operator);

    /// <summary>Names of all operators, sorted.</summary>
    public IEnumerable<string> Operators() => entries.Keys.Order(StringComparer.Ordinal);

    /// <summary>What is known about one operator.</summary>
    /// <param name="Kernel">The kernel.</param>
    /// <param name="Guard">When it may be called.</param>
    /// <param name="Outputs">How many results it has for a node that the guard let pass.</param>
    /// <param name="Widens">Whether 16-bit floats are widened around it.</param>
    internal sealed record Entry(Kernel Kernel, Guard Guard, Func<NodeFacts, int> Outputs, bool Widens);
}
