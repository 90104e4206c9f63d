namespace Attune.Kernels.Loops.X64;

/// <summary>Outcomes of a comparison of integers with sign; the numbers are those of their encoding.</summary>
internal enum Condition
{
    Equal = 0x4,
    NotEqual = 0x5,
    Less = 0xC,
    NotLess = 0xD,
    NotGreater = 0xE,
    Greater = 0xF,
}
