namespace Attune.Devices;

/// <summary>Who made a processor and which one it is. Numbers are 0 and texts "unknown" where nothing tells.</summary>
/// <param name="Vendor">For example AuthenticAMD, GenuineIntel, or an ARM implementer code such as 0x41.</param>
/// <param name="Brand">Marketing name.</param>
/// <param name="Family">Family (x86, extended family included) or architecture version (ARM).</param>
/// <param name="Model">Model (x86, extended model included) or part number (ARM).</param>
/// <param name="Stepping">Stepping (x86) or revision (ARM).</param>
/// <param name="IsVirtualised">True when a hypervisor is announced.</param>
public sealed record CpuIdentity(string Vendor, string Brand, int Family, int Model, int Stepping, bool IsVirtualised);
