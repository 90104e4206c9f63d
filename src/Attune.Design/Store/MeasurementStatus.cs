namespace Attune.Design.Store;

/// <summary>How measuring a design on a device ended. All but <see cref="Ok"/> carry no latency.</summary>
public enum MeasurementStatus
{
    /// <summary>It ran and was timed.</summary>
    Ok,

    /// <summary>It cannot be built, compiled or run there.</summary>
    Unsupported,

    /// <summary>There is not enough memory for it.</summary>
    OutOfMemory,

    /// <summary>One inference takes longer than the limit.</summary>
    TimeOut,
}
