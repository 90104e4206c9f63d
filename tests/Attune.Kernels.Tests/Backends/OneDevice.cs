namespace Attune.Kernels.Tests.Backends;

/// <summary>
/// Tests of this collection use the OpenCL device one after the other. The simulator that they run on as well keeps the next group of a launch in one place for
/// the whole process, so that two launches at a time take groups from each other and leave outputs unwritten.
/// </summary>
internal static class OneDevice
{
    /// <summary>The collection's name.</summary>
    public const string Name = "one device";
}
