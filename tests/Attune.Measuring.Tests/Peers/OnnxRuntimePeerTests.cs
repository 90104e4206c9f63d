using Attune.Measuring.Peers;

namespace Attune.Measuring.Tests.Peers;

/// <summary>Where an installed tool finds the peer that is installed beside it.</summary>
public sealed class OnnxRuntimePeerTests : IDisposable
{
    private readonly string tools = Directory.CreateTempSubdirectory("attune-tools-").FullName;

    private string Own => Path.Combine(tools, ".store", "attune.tool", "0.1.0", "attune.tool.linux-x64", "0.1.0", "tools", "net10.0", "linux-x64");

    private string Peer => Path.Combine(tools, OperatingSystem.IsWindows() ? "attune-onnxruntime.exe" : "attune-onnxruntime");

    public void Dispose() => Directory.Delete(tools, recursive: true);

    [Fact]
    public void The_peer_is_found_where_both_tools_are_started_from()
    {
        Directory.CreateDirectory(Own);
        OnnxRuntimePeer.FindTool(Own, path: null).ShouldBeNull();
        File.WriteAllText(Peer, string.Empty);
        OnnxRuntimePeer.FindTool(Own, path: null).ShouldBe(Peer);
    }

    [Fact]
    public void The_peer_is_found_where_the_shell_finds_it()
    {
        File.WriteAllText(Peer, string.Empty);
        string elsewhere = Path.GetTempPath();
        OnnxRuntimePeer.FindTool(elsewhere, string.Join(Path.PathSeparator, elsewhere, tools)).ShouldBe(Peer);
        OnnxRuntimePeer.FindTool(elsewhere, elsewhere).ShouldBeNull();
    }
}
