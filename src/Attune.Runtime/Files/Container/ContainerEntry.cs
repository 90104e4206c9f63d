namespace Attune.Runtime.Files.Container;

/// <summary>One stored file of the container.</summary>
/// <param name="Name">Name; plain ASCII, no folders.</param>
/// <param name="Length">Length, bytes.</param>
/// <param name="Crc">CRC-32 of the content, as zip asks.</param>
internal sealed record ContainerEntry(string Name, long Length, uint Crc);
