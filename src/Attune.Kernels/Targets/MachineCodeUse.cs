namespace Attune.Kernels.Targets;

/// <summary>Which kernels become machine code of our own; all others are compiled by the JIT of .NET, which knows fewer instructions.</summary>
public enum MachineCodeUse
{
    /// <summary>None: the system lets no program run code that it wrote, the processor is another one, or a person forbade it.</summary>
    None,

    /// <summary>Those that multiply bytes or brain floats, where the target has an instruction for that, and their neighbours.</summary>
    ByteProducts,

    /// <summary>All that can be.</summary>
    All,
}
