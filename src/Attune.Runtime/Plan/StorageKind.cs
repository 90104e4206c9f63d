namespace Attune.Runtime.Plan;

/// <summary>How a value is kept between two operators.</summary>
internal enum StorageKind
{
    /// <summary>Supplied by the caller: dense row-major memory that lives only during the run.</summary>
    External,

    /// <summary>A tensor on the managed heap: what reference kernels read and write.</summary>
    Managed,

    /// <summary>Dense row-major in the arena, as ONNX orders it.</summary>
    Plain,

    /// <summary>Plain with a halo of zeros around every plane.</summary>
    PaddedPlain,

    /// <summary>By channels, with a halo when a consumer pads: floats in blocks of channels, bytes with all channels of a pixel next to each other.</summary>
    Blocked,

    /// <summary>Matrix rows rounded up to whole vectors.</summary>
    RowMajor,
}
