using Attune.Cli.Output;
using Attune.Measuring.Peers;

namespace Attune.Cli.Bench;

/// <summary>What commands say about ONNX Runtime as a peer.</summary>
internal static class PeerOffer
{
    /// <summary>What installs it beside a tool.</summary>
    public const string InstallCommand = "dotnet tool install --global Attune.Peers.OnnxRuntime";

    /// <summary>Whether a comparison with it can be recommended: the program is there, or is built when asked for.</summary>
    public static bool IsOffered => PrintedCommand.IsFromCheckout || OnnxRuntimePeer.FindProgram() is not null;

    /// <summary>Why it cannot be compared with: it is missing (AT4002) or refuses the model (AT4003).</summary>
    public static Failure Of(PeerError error) => error is PeerRefused refused
        ? new Failure(
            ExitCode.Device,
            ErrorCodes.PeerFailed,
            $"ONNX Runtime failed on {refused.Model}: {refused.Reason}",
            "Compare with another peer, or without --against.")
        : new Failure(
            ExitCode.Device,
            ErrorCodes.MissingPeer,
            PrintedCommand.IsFromCheckout
                ? "The program that drives ONNX Runtime could not be built."
                : "ONNX Runtime is not installed beside this tool; it is a package of its own.",
            PrintedCommand.IsFromCheckout
                ? "Run bench/peers/install of the checkout to see why."
                : $"Install it: {InstallCommand}");
}
