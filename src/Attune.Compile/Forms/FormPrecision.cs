namespace Attune.Compile.Forms;

/// <summary>What a cheaper form of a layer multiplies instead of 32-bit floats.</summary>
public enum FormPrecision
{
    /// <summary>Brain floats.</summary>
    BF16,

    /// <summary>Bytes.</summary>
    I8,
}
