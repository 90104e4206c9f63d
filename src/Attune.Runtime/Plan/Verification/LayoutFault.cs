namespace Attune.Runtime.Plan.Verification;

/// <summary>What is wrong with an access to memory.</summary>
internal enum LayoutFault
{
    /// <summary>The extents of the view are not those of the value.</summary>
    WrongExtent,

    /// <summary>A cell lies outside the memory of the value.</summary>
    OutsideMemory,

    /// <summary>Nothing wrote the cell before it is read.</summary>
    NeverWritten,

    /// <summary>The cell holds another element: it was written under another layout, or overwritten.</summary>
    OtherElement,

    /// <summary>A cell of the halo is not zero.</summary>
    NoZero,

    /// <summary>A step writes a cell that it reads itself.</summary>
    ReadAndWritten,

    /// <summary>Two storages that are alive at the same time share cells.</summary>
    SharedMemory,
}
