namespace Attune.Kernels.Reference;

/// <summary>A reference kernel: inputs to outputs, in the operator's order.</summary>
internal delegate Tensor[] Kernel(KernelCall call);

/// <summary>The registration table that every operator family adds its kernels to.</summary>
internal sealed class KernelTable
{
    private readonly Dictionary<string, Entry> entries = new(StringComparer.Ordinal);

    /// <summary>Adds a kernel that computes: 16-bit floats reach it as 32-bit ones and its 32-bit results are rounded back.</summary>
    public void Add(string @operator, Kernel kernel) => entries.Add(@operator, new Entry(kernel, Widens: true));

    /// <summary>Adds a kernel with one result that computes.</summary>
    public void Add(string @operator, Func<KernelCall, Tensor> kernel) => Add(@operator, call => [kernel(call)]);

    /// <summary>Adds a kernel that only moves or converts elements and therefore takes every element type as it is.</summary>
    public void AddExact(string @operator, Kernel kernel) => entries.Add(@operator, new Entry(kernel, Widens: false));

    /// <summary>Adds a kernel with one result that only moves or converts elements.</summary>
    public void AddExact(string @operator, Func<KernelCall, Tensor> kernel) => AddExact(@operator, call => [kernel(call)]);

    /// <summary>The kernel of an operator, or null.</summary>
    public Entry? Find(string @operator) => entries.GetValueOrDefault(@operator);

    /// <summary>Names of all operators, sorted.</summary>
    public IEnumerable<string> Operators() => entries.Keys.Order(StringComparer.Ordinal);

    /// <summary>What is known about one operator.</summary>
    /// <param name="Kernel">The kernel.</param>
    /// <param name="Widens">Whether 16-bit floats are widened around it.</param>
    internal sealed record Entry(Kernel Kernel, bool Widens);
}
