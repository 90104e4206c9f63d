namespace Attune.Design.Flow;

/// <summary>What adapting one device to another one gained.</summary>
/// <param name="Proxy">The device whose latencies were known.</param>
/// <param name="Target">The device to predict.</param>
/// <param name="Raw">Rank correlation of the proxy's own latencies with the target's, over the designs that the fit had not seen.</param>
/// <param name="Adapted">Rank correlation of the adapted predictions, over the same.</param>
/// <param name="Samples">Measurements of the target that were used.</param>
/// <param name="Unseen">Designs it was judged by.</param>
public sealed record AdaptedPair(DeviceKey Proxy, DeviceKey Target, double Raw, double Adapted, int Samples, int Unseen);
