fn main(){ let a: Vec<String>=std::env::args().collect(); tokio::runtime::Runtime::new().unwrap().block_on(sim::render(a[1].as_ref(), a[2].parse().unwrap(), &a[3])).unwrap(); }
