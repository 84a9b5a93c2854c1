"""The stretches of the road, each the linear order of its pages. The guide joins them."""
