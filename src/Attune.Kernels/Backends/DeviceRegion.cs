namespace Attune.Kernels.Backends;

/// <summary>A part of a device's memory, from an offset on.</summary>
/// <param name="Memory">The memory; null for an operand that a kernel does not have.</param>
/// <param name="Offset">First byte.</param>
internal readonly record struct DeviceRegion(IDeviceMemory? Memory, long Offset);
