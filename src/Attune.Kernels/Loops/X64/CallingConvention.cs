using System.Collections.Immutable;

namespace Attune.Kernels.Loops.X64;

/// <summary>Where a function finds its arguments and which registers it must leave as they were.</summary>
internal sealed record CallingConvention
{
    private const int General = GeneralRegister.Count;

    /// <summary>That of Linux and macOS.</summary>
    public static CallingConvention SystemV { get; } = new()
    {
        Arguments = [GeneralRegister.Rdi, GeneralRegister.Rsi, GeneralRegister.Rdx],
        Kept = [GeneralRegister.Rbx, GeneralRegister.Rbp, 12, 13, 14, 15],
        KeptVectors = [],
    };

    /// <summary>That of Windows, which also keeps the lower 128 bits of ten vector registers.</summary>
    public static CallingConvention Windows { get; } = new()
    {
        Arguments = [GeneralRegister.Rcx, GeneralRegister.Rdx, 8],
        Kept = [GeneralRegister.Rbx, GeneralRegister.Rbp, GeneralRegister.Rdi, GeneralRegister.Rsi, 12, 13, 14, 15],
        KeptVectors = [6, 7, 8, 9, 10, 11, 12, 13, 14, 15],
    };

    /// <summary>Registers of the buffers' table, the first unit and the end of the units.</summary>
    public required ImmutableArray<int> Arguments { get; init; }

    /// <summary>General registers that a function leaves as they were.</summary>
    public required ImmutableArray<int> Kept { get; init; }

    /// <summary>Vector registers whose lower 128 bits a function leaves as they were.</summary>
    public required ImmutableArray<int> KeptVectors { get; init; }

    /// <summary>
    /// General registers that may be given away, those that need not be kept first. Two are for what is needed within one instruction, and one is the stack's.
    /// </summary>
    public ImmutableArray<int> GeneralRegisters => Ordered(
        Enumerable.Range(0, General).Where(one => one is not (GeneralRegister.Rax or GeneralRegister.Rdx or GeneralRegister.Rsp)), Kept);

    /// <summary>Vector registers that may be given away, those that need not be kept first.</summary>
    /// <param name="count">Registers that there are.</param>
    public ImmutableArray<int> VectorRegisters(int count) => Ordered(Enumerable.Range(0, count), KeptVectors);

    private static ImmutableArray<int> Ordered(IEnumerable<int> registers, ImmutableArray<int> kept) => [.. registers.OrderBy(kept.Contains)];
}
